#pragma once

#include "core/bytes.hpp"
#include "core/result.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace core {

// What is known of the pictures of any video codec.
struct VideoParameters {
  uint32_t width = 0;  // as shown, in pixels
  uint32_t height = 0;
  uint32_t frameRateNum = 0;  // 0/1 when the parameters do not say
  uint32_t frameRateDen = 1;
  bool reorderKnown = false;  // false: nothing bounds reordering, B-frames may come
  uint8_t maxReorderFrames = 0;  // 0 and known: decode order is display order
  bool operator==(const VideoParameters&) const = default;
};

// What an H.264 decoder needs before the first picture. The sets are NAL units without start code;
// profile, constraint flags and level are bytes 1 to 3 of `sps`.
struct H264Parameters : VideoParameters {
  // Fails when `sps` cannot be understood or `pps` is empty. Takes the sets as they are.
  static Result<H264Parameters> fromSets(Bytes sps, std::vector<Bytes> pps);

  Bytes sps;
  std::vector<Bytes> pps;  // all that refer to `sps`, by rising id
  bool operator==(const H264Parameters&) const = default;
};

// What an H.265 decoder needs before the first picture: NAL units without start code.
struct H265Parameters : VideoParameters {
  // Fails when `sps` cannot be understood or one of the others is empty. Takes the sets as they
  // are.
  static Result<H265Parameters> fromSets(Bytes vps, Bytes sps, std::vector<Bytes> pps);

  Bytes vps;
  Bytes sps;
  std::vector<Bytes> pps;  // all that refer to `sps`, by rising id
  // The 12 bytes of general_profile_space to general_level_idc, ITU-T H.265 section 7.3.3.
  std::array<uint8_t, 12> profileTierLevel{};
  uint8_t maxSubLayers = 1;
  bool operator==(const H265Parameters&) const = default;
};

// RFC 6386: all that a decoder needs stands in its pictures.
struct Vp8Parameters : VideoParameters {
  Vp8Parameters() { reorderKnown = true; }
  bool operator==(const Vp8Parameters&) const = default;
};

// VP9 Bitstream & Decoding Process Specification, section 6.2.
struct Vp9Parameters : VideoParameters {
  Vp9Parameters() { reorderKnown = true; }
  uint8_t profile = 0;
  uint8_t bitDepth = 8;
  uint8_t chroma = 1;  // as vpcC has it: 0 and 1 4:2:0, 2 4:2:2, 3 4:4:4
  bool fullRange = false;
  bool operator==(const Vp9Parameters&) const = default;
};

// ITU-T T.81.
struct JpegParameters : VideoParameters {
  JpegParameters() { reorderKnown = true; }
  bool operator==(const JpegParameters&) const = default;
};

// ISO/IEC 14496-2.
struct Mpeg4VideoParameters : VideoParameters {
  uint8_t profileLevel = 1;  // profile_and_level_indication; 1: simple, level 1
  Bytes headers;  // from the visual object sequence to the video object layer
  bool operator==(const Mpeg4VideoParameters&) const = default;
};

// AV1 Bitstream & Decoding Process Specification, section 5.5.
struct Av1Parameters : VideoParameters {
  Av1Parameters() { reorderKnown = true; }
  uint8_t profile = 0;
  uint8_t level = 0;  // seq_level_idx of the first operating point
  bool highTier = false;
  uint8_t bitDepth = 8;
  bool monochrome = false;
  bool subsampledX = true;
  bool subsampledY = true;
  uint8_t samplePosition = 0;  // of chroma; 0 = not told
  Bytes sequenceHeader;  // the whole OBU, with its size; key pictures have it too
  bool operator==(const Av1Parameters&) const = default;
};

}  // namespace core
