#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace core {

// What the document of a payload format forbids, and cameras send.
enum class Oddity : uint8_t {
  startCodes,  // of Annex B, among NAL units
  fragmentBits,  // a fragment that begins and ends at once
  reservedBit,  // of a fragment's header (H.264)
  adts,  // headers of ADTS among units of AAC
};

// Of one RTP payload of H264, H265 or MPEG4-GENERIC, to look at; each once.
std::vector<Oddity> odditiesOf(std::string_view codec, ByteView payload);

}  // namespace core
