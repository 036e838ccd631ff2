#pragma once

#include "core/packetizer.hpp"
#include "core/track.hpp"

#include <optional>

// VP8 (RFC 6386) and VP9 pictures, as far as carrying them needs.
namespace core::vpx {

bool isVp8Key(ByteView picture);
// Of a key picture; unset: cut short.
std::optional<Vp8Parameters> parseVp8(ByteView picture);

bool isVp9Key(ByteView picture);
std::optional<Vp9Parameters> parseVp9(ByteView picture);
// Ten times the lowest level whose pictures are so large; annex A.
uint8_t vp9Level(const Vp9Parameters& parameters);

// RFC 7741 and RFC 9628 with the shortest descriptor that says where a picture begins and ends.
std::unique_ptr<Packetizer> makeVp8Packetizer();
std::unique_ptr<Packetizer> makeVp9Packetizer();

}  // namespace core::vpx
