#include "core/h265.hpp"

#include "core/bit_reader.hpp"
#include "core/frame_rate.hpp"
#include "core/nal.hpp"
#include "core/track.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace core::h265 {

namespace {

constexpr size_t kHeaderBytes = 2;
constexpr uint64_t kMaxSide = 16888;  // level 6.2, section A.4.1
// Enough for the flags and two Exp-Golomb codes, emulation prevention included.
constexpr size_t kSliceHeaderBytes = 28;
// Those of its fields that are read, in full length.
constexpr size_t kPpsBytes = 48;
constexpr uint32_t kMaxReferenceSets = 64;  // section 7.4.3.2.1
constexpr uint32_t kMaxPictures = 16;  // of a reference picture set

BitReader payloadOf(const Bytes& rbsp) { return BitReader(rbsp); }

bool isOf(ByteView nal, NalType type) {
  return nal.size() > kHeaderBytes && nalType(nal[0]) == type && layerId(nal[0], nal[1]) == 0;
}

// Section 7.3.3: general profile and level, then those of the sub-layers.
std::array<uint8_t, 12> readProfileTierLevel(BitReader& bits, unsigned maxSubLayers) {
  std::array<uint8_t, 12> general{};
  for (uint8_t& byte : general) byte = static_cast<uint8_t>(bits.bits(8));
  const unsigned subLayers = maxSubLayers - 1;
  std::array<bool, 8> hasProfile{}, hasLevel{};
  for (unsigned i = 0; i < subLayers; ++i) {
    hasProfile[i] = bits.flag();
    hasLevel[i] = bits.flag();
  }
  if (subLayers > 0) bits.skip(2 * size_t{8 - subLayers});
  for (unsigned i = 0; i < subLayers; ++i) {
    if (hasProfile[i]) bits.skip(88);
    if (hasLevel[i]) bits.skip(8);
  }
  return general;
}

// The reorder depth of the highest sub-layer.
uint8_t readOrderingInfo(BitReader& bits, unsigned maxSubLayers) {
  const bool all = bits.flag();
  uint32_t reorder = 0;
  for (unsigned i = all ? 0 : maxSubLayers - 1; i < maxSubLayers; ++i) {
    bits.ue();  // max_dec_pic_buffering_minus1
    reorder = bits.ue();
    bits.ue();  // max_latency_increase_plus1
  }
  return static_cast<uint8_t>(std::min<uint32_t>(reorder, kMaxPictures));
}

// Section 7.3.4.
void skipScalingLists(BitReader& bits) {
  for (unsigned size = 0; size < 4; ++size) {
    for (unsigned matrix = 0; matrix < 6 && bits.ok(); matrix += size == 3 ? 3 : 1) {
      if (!bits.flag()) {
        bits.ue();  // scaling_list_pred_matrix_id_delta
        continue;
      }
      const unsigned count = std::min(64u, 1u << (4 + (size << 1)));
      if (size > 1) bits.se();
      for (unsigned i = 0; i < count && bits.ok(); ++i) bits.se();
    }
  }
}

// Section 7.3.7, predicted from the set before; gives how many pictures are in it.
uint32_t skipPredictedSet(BitReader& bits, uint32_t picturesBefore) {
  bits.skip(1);  // delta_rps_sign
  bits.ue();  // abs_delta_rps_minus1
  uint32_t pictures = 0;
  for (uint32_t i = 0; i <= picturesBefore && bits.ok(); ++i) {
    const bool used = bits.flag();
    if (used || bits.flag()) ++pictures;
  }
  return pictures;
}

uint32_t skipExplicitSet(BitReader& bits) {
  const uint32_t negative = bits.ue();
  const uint32_t positive = bits.ue();
  if (negative > kMaxPictures || positive > kMaxPictures) {
    bits.skip(bits.left() + 1);
    return 0;
  }
  for (uint32_t i = 0; i < negative + positive; ++i) {
    bits.ue();  // delta_poc_minus1
    bits.skip(1);
  }
  return negative + positive;
}

void readReferenceSets(BitReader& bits, Sps& sps) {
  const uint32_t count = bits.ue();
  if (count > kMaxReferenceSets) bits.skip(bits.left() + 1);
  uint32_t pictures = 0;
  for (uint32_t i = 0; i < count && bits.ok(); ++i) {
    const bool predicted = i > 0 && bits.flag();
    pictures = predicted ? skipPredictedSet(bits, pictures) : skipExplicitSet(bits);
    ++sps.referenceSets;
    if (predicted) ++sps.predictedReferenceSets;
  }
}

// Section 7.4.3.2.1: offsets of the conformance window count chroma samples.
bool readSize(BitReader& bits, Sps& sps, bool separatePlanes) {
  const uint64_t width = bits.ue();
  const uint64_t height = bits.ue();
  std::array<uint64_t, 4> crop{};  // left, right, top, bottom
  if (bits.flag()) {
    for (uint64_t& side : crop) side = bits.ue();
  }
  const uint8_t chroma = separatePlanes ? 0 : sps.chromaFormatIdc;
  const uint64_t cropX = (crop[0] + crop[1]) * (chroma == 1 || chroma == 2 ? 2 : 1);
  const uint64_t cropY = (crop[2] + crop[3]) * (chroma == 1 ? 2 : 1);
  if (width > kMaxSide || height > kMaxSide || cropX >= width || cropY >= height) return false;
  sps.width = static_cast<uint32_t>(width - cropX);
  sps.height = static_cast<uint32_t>(height - cropY);
  return true;
}

// A tick is a picture.
template <typename Set>
void readTiming(BitReader& bits, Set& set) {
  const uint32_t unitsInTick = bits.bits(32);
  const uint32_t timeScale = bits.bits(32);
  if (!bits.ok()) return;
  setFrameRate(set, timeScale, unitsInTick);
}

// Section E.2.1, up to the frame rate.
void readVui(BitReader& bits, Sps& sps) {
  constexpr uint32_t kExtendedSar = 255;
  if (bits.flag() && bits.bits(8) == kExtendedSar) bits.skip(32);
  if (bits.flag()) bits.skip(1);  // overscan
  if (bits.flag()) {  // video signal type
    bits.skip(4);
    if (bits.flag()) bits.skip(24);
  }
  if (bits.flag()) {  // chroma location
    bits.ue();
    bits.ue();
  }
  bits.skip(3);  // neutral_chroma_indication_flag, field_seq_flag, frame_field_info_present_flag
  if (bits.flag()) {  // default display window
    for (int i = 0; i < 4; ++i) bits.ue();
  }
  if (bits.flag()) readTiming(bits, sps);
}

// What stands between the size and the VUI.
void readCodingTools(BitReader& bits, uint32_t pocBits, Sps& sps) {
  for (int i = 0; i < 6; ++i) bits.ue();  // block sizes and transform depths
  sps.hasScalingLists = bits.flag();
  if (sps.hasScalingLists && bits.flag()) skipScalingLists(bits);
  bits.skip(2);  // amp_enabled_flag, sample_adaptive_offset_enabled_flag
  if (bits.flag()) {  // pcm
    bits.skip(8);
    bits.ue();
    bits.ue();
    bits.skip(1);
  }
  readReferenceSets(bits, sps);
  if (bits.flag()) {  // long-term reference pictures
    const uint32_t count = bits.ue();
    bits.skip(size_t{count} * (pocBits + 1));
  }
  bits.skip(2);  // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
}

uint8_t refFrames(BitReader& bits) {
  return static_cast<uint8_t>(std::min<uint32_t>(bits.ue(), kMaxPictures - 1) + 1);
}

// What follows the bits that every slice has more.
void readPictureTools(BitReader& bits, Pps& pps) {
  bits.skip(2);  // sign_data_hiding_enabled_flag, cabac_init_present_flag
  pps.refFramesL0 = refFrames(bits);
  pps.refFramesL1 = refFrames(bits);
  pps.initialQp = 26 + std::clamp(bits.se(), -74, 25);
  pps.constrainedIntra = bits.flag();
  bits.skip(1);  // transform_skip_enabled_flag
  if (bits.flag()) bits.ue();  // diff_cu_qp_delta_depth
  bits.se();  // pps_cb_qp_offset
  bits.se();  // pps_cr_qp_offset
  bits.skip(1);  // pps_slice_chroma_qp_offsets_present_flag
  pps.weightedPrediction = bits.bits(2) != 0;
  bits.skip(1);  // transquant_bypass_enabled_flag
  pps.tiles = bits.flag();
  pps.wavefronts = bits.flag();
  pps.whole = bits.ok();
}

uint8_t readBitDepth(BitReader& bits) { return static_cast<uint8_t>(8 + std::min(bits.ue(), 8u)); }

// The start of a slice without emulation prevention.
Bytes sliceStart(ByteView nal) {
  return nal::unescape(nal.subspan(kHeaderBytes), kSliceHeaderBytes);
}

SliceHeader readSliceHeader(BitReader& bits, uint8_t type, uint32_t& ppsId) {
  SliceHeader header;
  header.isFirst = bits.flag();
  if (type >= kFirstIrap && type <= kLastIrap) bits.skip(1);  // no_output_of_prior_pics_flag
  ppsId = bits.ue();
  header.ppsId = static_cast<uint8_t>(ppsId);
  return header;
}

}  // namespace

Result<Vps> parseVps(ByteView nal) {
  if (!isOf(nal, kVps)) return Reason{"expected a video parameter set"};
  const Bytes rbsp = nal::unescape(nal.subspan(kHeaderBytes));
  BitReader bits = payloadOf(rbsp);
  Vps vps;
  vps.id = static_cast<uint8_t>(bits.bits(4));
  bits.skip(8);  // base layer flags, vps_max_layers_minus1
  vps.maxSubLayers = static_cast<uint8_t>(bits.bits(3) + 1);
  bits.skip(17);
  if (!bits.ok()) return Reason{"video parameter set is cut short"};
  // The rest only tells the frame rate.
  readProfileTierLevel(bits, vps.maxSubLayers);
  readOrderingInfo(bits, vps.maxSubLayers);
  const size_t layerBits = size_t{bits.bits(6)} + 1;
  bits.skip(size_t{bits.ue()} * layerBits);
  if (bits.flag()) readTiming(bits, vps);
  return vps;
}

Result<Sps> parseSps(ByteView nal) {
  if (!isOf(nal, kSps)) return Reason{"expected a sequence parameter set"};
  const Bytes rbsp = nal::unescape(nal.subspan(kHeaderBytes));
  BitReader bits = payloadOf(rbsp);
  Sps sps;
  sps.vpsId = static_cast<uint8_t>(bits.bits(4));
  sps.maxSubLayers = static_cast<uint8_t>(bits.bits(3) + 1);
  sps.temporalIdNesting = bits.flag();
  sps.profileTierLevel = readProfileTierLevel(bits, sps.maxSubLayers);
  const uint32_t id = bits.ue();
  if (id > 15) return Reason{"sps_seq_parameter_set_id above 15"};
  sps.id = static_cast<uint8_t>(id);
  const uint32_t chroma = bits.ue();
  if (chroma > 3) return Reason{"chroma_format_idc above 3"};
  sps.chromaFormatIdc = static_cast<uint8_t>(chroma);
  const bool separatePlanes = chroma == 3 && bits.flag();
  if (!readSize(bits, sps, separatePlanes)) return Reason{"picture size out of range"};
  sps.bitDepthLuma = readBitDepth(bits);
  sps.bitDepthChroma = readBitDepth(bits);
  const uint32_t pocBits = std::min(bits.ue(), 12u) + 4;
  sps.maxReorderFrames = readOrderingInfo(bits, sps.maxSubLayers);
  if (!bits.ok()) return Reason{"sequence parameter set is cut short"};
  // What is cut short or makes no sense from here on costs only the frame rate.
  readCodingTools(bits, pocBits, sps);
  sps.hasVui = bits.flag();
  if (sps.hasVui) readVui(bits, sps);
  sps.whole = bits.ok();
  return sps;
}

Result<Pps> parsePps(ByteView nal) {
  if (!isOf(nal, kPps)) return Reason{"expected a picture parameter set"};
  const Bytes rbsp = nal::unescape(nal.subspan(kHeaderBytes), kPpsBytes);
  BitReader bits = payloadOf(rbsp);
  const uint32_t id = bits.ue();
  const uint32_t spsId = bits.ue();
  const bool dependentSlices = bits.flag();
  bits.skip(1);  // output_flag_present_flag
  const uint32_t extraBits = bits.bits(3);
  if (!bits.ok()) return Reason{"picture parameter set is cut short"};
  if (id > 63 || spsId > 15) return Reason{"parameter set id out of range"};
  Pps pps;
  pps.id = static_cast<uint8_t>(id);
  pps.spsId = static_cast<uint8_t>(spsId);
  pps.extraSliceBits = static_cast<uint8_t>(extraBits);
  pps.dependentSlices = dependentSlices;
  readPictureTools(bits, pps);
  return pps;
}

Result<SliceHeader> parseSliceHeader(ByteView nal) {
  if (nal.size() <= kHeaderBytes) return Reason{"slice is cut short"};
  const Bytes start = sliceStart(nal);
  BitReader bits = payloadOf(start);
  uint32_t ppsId = 0;
  const SliceHeader header = readSliceHeader(bits, nalType(nal[0]), ppsId);
  if (!bits.ok()) return Reason{"slice header is cut short"};
  if (ppsId > 63) return Reason{"slice header out of range"};
  return header;
}

Result<SliceType> parseSliceType(ByteView nal, uint8_t extraBits) {
  if (nal.size() <= kHeaderBytes) return Reason{"slice is cut short"};
  const Bytes start = sliceStart(nal);
  BitReader bits = payloadOf(start);
  uint32_t ppsId = 0;
  const SliceHeader header = readSliceHeader(bits, nalType(nal[0]), ppsId);
  bits.skip(extraBits);
  const uint32_t type = bits.ue();
  if (!bits.ok() || !header.isFirst || type > 2) return Reason{"expected the type of a slice"};
  return static_cast<SliceType>(type);
}

bool hasRecoveryPoint(ByteView nal) {
  if (nal.size() <= kHeaderBytes || nalType(nal[0]) != kPrefixSei) return false;
  return nal::hasSeiMessage(nal.subspan(kHeaderBytes), nal::kRecoveryPoint);
}

}  // namespace core::h265

namespace core {

Result<H265Parameters> H265Parameters::fromSets(Bytes vps, Bytes sps, std::vector<Bytes> pps) {
  const auto parsed = h265::parseSps(sps);
  if (!parsed) return parsed.reason();
  if (vps.empty()) return Reason{"expected a video parameter set, got none"};
  if (pps.empty()) return Reason{"expected a picture parameter set, got none"};
  H265Parameters parameters;
  parameters.profileTierLevel = parsed->profileTierLevel;
  parameters.maxSubLayers = parsed->maxSubLayers;
  parameters.width = parsed->width;
  parameters.height = parsed->height;
  parameters.frameRateNum = parsed->frameRateNum;
  parameters.frameRateDen = parsed->frameRateDen;
  const auto parsedVps = h265::parseVps(vps);
  if (parameters.frameRateNum == 0 && parsedVps) {
    parameters.frameRateNum = parsedVps->frameRateNum;
    parameters.frameRateDen = parsedVps->frameRateDen;
  }
  parameters.reorderKnown = true;
  parameters.maxReorderFrames = parsed->maxReorderFrames;
  parameters.vps = std::move(vps);
  parameters.sps = std::move(sps);
  parameters.pps = std::move(pps);
  return parameters;
}

}  // namespace core
