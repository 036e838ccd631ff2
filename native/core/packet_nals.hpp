#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace core {

// What of a NAL unit a packet holds.
enum class NalPiece : uint8_t { whole, start, middle, end };

// The NAL units of one RTP payload, to look at: nothing is put together from it.
struct PacketNals {
  std::vector<uint8_t> types;  // in the order of the packet; several only where all are whole
  NalPiece piece = NalPiece::whole;

  // Whether a NAL unit begins in the packet, which is not so for the rest of a fragmented one.
  bool begins() const { return piece == NalPiece::whole || piece == NalPiece::start; }
};

// RFC 6184 (H264) and RFC 7798 (H265); none for all other codecs.
PacketNals nalsOf(std::string_view codec, ByteView payload);

}  // namespace core
