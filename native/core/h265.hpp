#pragma once

#include "core/bytes.hpp"
#include "core/result.hpp"

#include <array>
#include <cstdint>
#include <optional>

// ITU-T H.265: what of a NAL unit is needed to carry it (sections are those of the 08/2021
// edition). All functions take a NAL unit with its header of two bytes and without start code.
namespace core::h265 {

// Table 7-1.
enum NalType : uint8_t {
  kTrailN = 0,
  kLastLeading = 9,  // RASL_R
  kFirstIrap = 16,  // BLA_W_LP
  kIdrWRadl = 19,
  kIdrNLp = 20,
  kCra = 21,
  kLastIrap = 23,  // 22 and 23 are reserved
  kVps = 32,
  kSps = 33,
  kPps = 34,
  kAccessUnitDelimiter = 35,
  kEndOfSequence = 36,
  kEndOfBitstream = 37,
  kFiller = 38,
  kPrefixSei = 39,
  kSuffixSei = 40,
};

inline uint8_t nalType(uint8_t header) { return header >> 1 & 0x3f; }
inline uint8_t layerId(uint8_t first, uint8_t second) {
  return static_cast<uint8_t>((first & 1) << 5 | second >> 3);
}
inline uint8_t temporalId(uint8_t second) { return static_cast<uint8_t>((second & 7) - 1); }
inline bool isIrap(uint8_t type) { return type >= kFirstIrap && type <= kCra; }
inline bool isPicture(uint8_t type) { return type <= kLastLeading || isIrap(type); }
// TRAIL_N, TSA_N, STSA_N, RADL_N, RASL_N.
inline bool isSubLayerNonReference(uint8_t type) { return type <= kLastLeading && type % 2 == 0; }
inline bool isParameterSet(uint8_t type) { return type >= kVps && type <= kPps; }

// Section 7.3.2.1.
struct Vps {
  uint8_t id = 0;
  uint8_t maxSubLayers = 1;
  uint32_t frameRateNum = 0;  // 0/1: not announced, or beyond 1000 a second
  uint32_t frameRateDen = 1;
};

// Section 7.3.2.2 and Annex E.
struct Sps {
  uint8_t id = 0;
  uint8_t vpsId = 0;
  uint8_t maxSubLayers = 1;
  bool temporalIdNesting = false;
  std::array<uint8_t, 12> profileTierLevel{};  // general_profile_space to general_level_idc
  uint8_t chromaFormatIdc = 1;
  uint8_t bitDepthLuma = 8;
  uint8_t bitDepthChroma = 8;
  uint32_t width = 0;  // of the conformance window, in pixels
  uint32_t height = 0;
  uint8_t maxReorderFrames = 0;  // of the highest sub-layer
  bool whole = false;  // false: cut short or senseless, what stands below may be wrong
  bool hasScalingLists = false;
  uint8_t referenceSets = 0;  // short-term reference picture sets
  uint8_t predictedReferenceSets = 0;  // those told by the set before (inter RPS)
  bool hasVui = false;
  uint32_t frameRateNum = 0;  // 0/1: not announced, or beyond 1000 a second
  uint32_t frameRateDen = 1;
};

// Section 7.3.2.3.1, up to its tiles.
struct Pps {
  uint8_t id = 0;
  uint8_t spsId = 0;
  uint8_t extraSliceBits = 0;  // num_extra_slice_header_bits
  bool dependentSlices = false;
  bool whole = false;  // false: cut short, what stands below is not known
  uint8_t refFramesL0 = 1;  // num_ref_idx_default_active_minus1 + 1
  uint8_t refFramesL1 = 1;
  int32_t initialQp = 26;
  bool constrainedIntra = false;
  bool weightedPrediction = false;  // of P or B slices
  bool tiles = false;
  bool wavefronts = false;  // entropy_coding_sync_enabled_flag
};

// The first fields of section 7.3.6.1.
struct SliceHeader {
  bool isFirst = false;  // of its picture
  uint8_t ppsId = 0;
};

enum class SliceType : uint8_t { b, p, i };  // table 7-7

Result<Vps> parseVps(ByteView nal);
Result<Sps> parseSps(ByteView nal);
Result<Pps> parsePps(ByteView nal);
Result<SliceHeader> parseSliceHeader(ByteView nal);
// Of the first slice of a picture; `extraBits` is what its PPS says.
Result<SliceType> parseSliceType(ByteView nal, uint8_t extraBits);

// True for an SEI that carries a recovery point (section D.2.8).
bool hasRecoveryPoint(ByteView nal);

}  // namespace core::h265
