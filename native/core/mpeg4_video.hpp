#pragma once

#include "core/depacketizer.hpp"
#include "core/packetizer.hpp"
#include "core/video_parameters.hpp"

#include <optional>

// MPEG-4 part 2 (ISO/IEC 14496-2) as far as carrying its pictures needs: start codes and the
// headers of section 6.2.
namespace core::mpeg4 {

// Of the headers that a picture begins with, or a session description has. Unset: no video object
// layer among them, or one that makes no sense.
std::optional<Mpeg4VideoParameters> parseHeaders(ByteView headers);

// What stands before the first picture in these bytes (and before a group of pictures).
ByteView headersOf(ByteView bytes);

// The video object layer with its start code; empty: there is none.
ByteView layerOf(ByteView headers);

// Of the first picture (VOP).
PictureType typeOf(ByteView picture);

// RFC 6416 section 5. Headers that a key picture lacks are sent before it.
std::unique_ptr<Packetizer> makePacketizer(const Mpeg4VideoParameters& parameters);

}  // namespace core::mpeg4
