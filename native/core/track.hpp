#pragma once

#include "core/bytes.hpp"
#include "core/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace core {

enum class Kind : uint8_t { video, audio, other };

// What an H.264 decoder needs before the first picture. The sets are NAL units without start code;
// profile, constraint flags and level are bytes 1 to 3 of `sps`.
struct H264Parameters {
  // Fails when `sps` cannot be understood or `pps` is empty. Takes the sets as they are.
  static Result<H264Parameters> fromSets(Bytes sps, std::vector<Bytes> pps);

  Bytes sps;
  std::vector<Bytes> pps;  // all that refer to `sps`, by rising id
  uint32_t width = 0;  // cropped, in pixels
  uint32_t height = 0;
  uint32_t frameRateNum = 0;  // from the VUI; 0/1 when it does not say
  uint32_t frameRateDen = 1;
  bool reorderKnown = false;  // false: the SPS does not bound reordering, B-frames may come
  uint8_t maxReorderFrames = 0;  // 0 and known: decode order is display order
  bool operator==(const H264Parameters&) const = default;
};

// ISO/IEC 14496-3 section 1.6: AudioSpecificConfig, and what it says.
// With SBR signalled (HE-AAC) a decoder puts out twice the core's rate; samplesPerFrame and
// sampleRateHz both count samples of the core, so that their quotient is the duration of a frame.
struct AacParameters {
  // Fails when `config` is cut short or names something that is not AAC.
  static Result<AacParameters> fromConfig(Bytes config);

  Bytes config;
  uint32_t sampleRateHz = 0;  // of the core
  uint32_t outputSampleRateHz = 0;  // what a decoder puts out when it knows the signalled extension
  uint8_t channels = 0;  // of the core: 1 with parametric stereo
  uint8_t objectType = 2;  // of the core: 2 = LC, also when SBR or PS lie around it
  uint16_t samplesPerFrame = 1024;  // or 960
  bool operator==(const AacParameters&) const = default;
};

// A track that is carried without being parsed. The source's SDP said of it:
struct OpaqueParameters {
  std::string encoding;  // rtpmap behind the payload type, "PCMU/8000"; empty: it was not RTP
  std::string fmtp;  // behind the payload type
  uint8_t payloadType = 0;  // 0 = choose one
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
