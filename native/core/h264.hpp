#pragma once

#include "core/bytes.hpp"
#include "core/result.hpp"

#include <cstdint>
#include <optional>

// ITU-T H.264: what of a NAL unit is needed to carry it (sections are those of the 08/2021
// edition). All functions take a NAL unit with its header byte and without start code.
namespace core::h264 {

// Table 7-1.
enum NalType : uint8_t {
  kSlice = 1,
  kIdr = 5,
  kSei = 6,
  kSps = 7,
  kPps = 8,
  kAccessUnitDelimiter = 9,
  kEndOfSequence = 10,
  kEndOfStream = 11,
  kFiller = 12,
};

inline uint8_t nalType(uint8_t header) { return header & 0x1f; }
inline uint8_t nalRefIdc(uint8_t header) { return header >> 5 & 3; }
// A slice or a data partition of the primary picture.
inline bool isPicture(uint8_t type) { return type >= kSlice && type <= kIdr; }

// Annex E, besides times and reordering.
struct Vui {
  uint32_t sarWidth = 0;  // 0: not told
  uint32_t sarHeight = 0;
  uint8_t videoFormat = 5;  // table E-2, 5: not told; so are the colours where they are 2
  bool fullRange = false;
  uint8_t colourPrimaries = 2;
  uint8_t transfer = 2;
  uint8_t matrix = 2;
  bool hasHrd = false;
  bool picStruct = false;
  std::optional<uint8_t> maxDecFrameBuffering;
};

// Section 7.3.2.1.1 and Annex E.
struct Sps {
  uint8_t profileIdc = 0;
  uint8_t constraints = 0;  // constraint_set0_flag is the highest bit
  uint8_t levelIdc = 0;
  uint8_t id = 0;
  uint8_t chromaFormatIdc = 1;
  bool separatePlanes = false;
  uint8_t bitDepthLuma = 8;
  uint8_t bitDepthChroma = 8;
  uint8_t picOrderCntType = 0;
  uint8_t maxRefFrames = 0;
  bool frameMbsOnly = true;
  bool hasScalingLists = false;
  uint8_t log2MaxFrameNum = 4;
  uint8_t log2MaxPicOrderCntLsb = 0;  // with picture order type 0
  bool gapsInFrameNum = false;
  uint32_t width = 0;  // cropped, in pixels
  uint32_t height = 0;
  uint32_t frameRateNum = 0;  // 0/1: not announced, or beyond 1000 a second
  uint32_t frameRateDen = 1;
  bool fixedFrameRate = false;
  // Unset: neither profile, picture order nor VUI bounds it.
  std::optional<uint8_t> maxReorderFrames;
  bool hasVui = false;
  Vui vui;
};

// The fields of section 7.3.2.2 before its scaling lists.
struct Pps {
  uint8_t id = 0;
  uint8_t spsId = 0;
  bool whole = false;  // false: cut short or with slice groups, what stands below is not known
  bool cabac = false;  // entropy_coding_mode_flag
  uint8_t refFramesL0 = 1;  // num_ref_idx_default_active_minus1 + 1
  uint8_t refFramesL1 = 1;
  bool weightedPrediction = false;
  uint8_t weightedBipredIdc = 0;
  int32_t initialQp = 26;
  bool deblockingControl = false;
  bool constrainedIntra = false;
  bool transform8x8 = false;
};

enum class SliceType : uint8_t { p, b, i };

// The first fields of section 7.3.3.
struct SliceHeader {
  uint32_t firstMb = 0;
  SliceType type = SliceType::i;
  uint8_t ppsId = 0;
};

Result<Sps> parseSps(ByteView nal);
Result<Pps> parsePps(ByteView nal);
// Of a slice, an IDR slice or data partition A.
Result<SliceHeader> parseSliceHeader(ByteView nal);

// True when the SEI carries a recovery point (section D.1.8).
bool hasRecoveryPoint(ByteView nal);

}  // namespace core::h264
