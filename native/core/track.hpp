#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace core {

enum class Kind : uint8_t { video, audio, other };

// What an H.264 decoder needs before the first picture. The sets are NAL units without start code.
struct H264Parameters {
  Bytes sps;
  Bytes pps;
  uint32_t width = 0;   // cropped, in pixels
  uint32_t height = 0;
  uint32_t frameRateNum = 0;  // from the VUI; 0/1 when it does not say
  uint32_t frameRateDen = 1;
  uint8_t maxReorderFrames = 0;  // 0: no B-frames, decode order is display order
  bool operator==(const H264Parameters&) const = default;
};

// ISO/IEC 14496-3 section 1.6: AudioSpecificConfig, and what it says.
struct AacParameters {
  Bytes config;
  uint32_t sampleRateHz = 0;
  uint8_t channels = 0;
  uint8_t objectType = 2;
  uint16_t samplesPerFrame = 1024;
  bool operator==(const AacParameters&) const = default;
};

// A track that no packager understands: carried, listed and counted.
struct OpaqueParameters {
  bool operator==(const OpaqueParameters&) const = default;
};

using Parameters = std::variant<OpaqueParameters, H264Parameters, AacParameters>;

struct Track {
  Kind kind = Kind::other;
  std::string codec;  // encoding name of RTP in upper case: H264, MPEG4-GENERIC, PCMU ...
  uint32_t clockRateHz = 0;
  Parameters parameters;
  bool operator==(const Track&) const = default;
};

// A stretch of a stream in which tracks and their parameters are fixed.
struct Epoch {
  uint32_t number = 0;  // from 1
  std::vector<Track> tracks;
};

using EpochRef = std::shared_ptr<const Epoch>;

}  // namespace core
