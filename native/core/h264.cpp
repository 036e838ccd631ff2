#include "core/h264.hpp"

#include "core/bit_reader.hpp"
#include "core/frame_rate.hpp"
#include "core/nal.hpp"
#include "core/track.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace core::h264 {

namespace {

constexpr uint32_t kMaxSide = 1055;  // macroblocks; level 6.2, section A.3.1
constexpr uint32_t kMaxArea = 139264;
constexpr uint8_t kBaseline = 66;
// Enough for three Exp-Golomb codes of 32 bits and the header, emulation prevention included.
constexpr size_t kSliceHeaderBytes = 28;
// Enough for all before the scaling lists of a picture parameter set.
constexpr size_t kPpsBytes = 32;

// Profiles whose SPS has chroma format and scaling lists, section 7.3.2.1.1.
bool hasChromaInfo(uint8_t profile) {
  constexpr std::array<uint8_t, 13> profiles{100, 110, 122, 244, 44,  83, 86,
                                             118, 128, 138, 139, 134, 135};
  return std::find(profiles.begin(), profiles.end(), profile) != profiles.end();
}

// Section 7.3.2.1.1.1.
void skipScalingList(BitReader& bits, int size) {
  int last = 8;
  int next = 8;
  for (int i = 0; i < size && bits.ok(); ++i) {
    if (next != 0) next = (last + bits.se()) & 0xff;
    if (next != 0) last = next;
  }
}

void readChromaInfo(BitReader& bits, Sps& sps) {
  sps.chromaFormatIdc = static_cast<uint8_t>(std::min(bits.ue(), 255u));
  if (sps.chromaFormatIdc == 3) sps.separatePlanes = bits.flag();
  sps.bitDepthLuma = static_cast<uint8_t>(8 + std::min(bits.ue(), 8u));
  sps.bitDepthChroma = static_cast<uint8_t>(8 + std::min(bits.ue(), 8u));
  bits.skip(1);  // qpprime_y_zero_transform_bypass_flag
  sps.hasScalingLists = bits.flag();
  if (!sps.hasScalingLists) return;
  const int lists = sps.chromaFormatIdc == 3 ? 12 : 8;
  for (int i = 0; i < lists; ++i) {
    if (bits.flag()) skipScalingList(bits, i < 6 ? 16 : 64);
  }
}

void readPictureOrder(BitReader& bits, Sps& sps) {
  sps.log2MaxFrameNum = static_cast<uint8_t>(4 + std::min(bits.ue(), 12u));
  sps.picOrderCntType = static_cast<uint8_t>(std::min(bits.ue(), 255u));
  if (sps.picOrderCntType == 0)
    sps.log2MaxPicOrderCntLsb = static_cast<uint8_t>(4 + std::min(bits.ue(), 12u));
  if (sps.picOrderCntType != 1) return;
  bits.skip(1);
  bits.se();
  bits.se();
  const uint32_t cycle = bits.ue();
  for (uint32_t i = 0; i < cycle && bits.ok(); ++i) bits.se();
}

// Section 7.4.2.1.1: crop offsets count chroma samples, rows of fields count twice.
bool readSize(BitReader& bits, Sps& sps) {
  const uint64_t widthMbs = uint64_t{bits.ue()} + 1;
  const uint64_t heightUnits = uint64_t{bits.ue()} + 1;
  sps.frameMbsOnly = bits.flag();
  if (!sps.frameMbsOnly) bits.skip(1);  // mb_adaptive_frame_field_flag
  bits.skip(1);  // direct_8x8_inference_flag
  const uint64_t heightMbs = heightUnits * (sps.frameMbsOnly ? 1 : 2);
  if (widthMbs > kMaxSide || heightMbs > kMaxSide || widthMbs * heightMbs > kMaxArea) return false;
  std::array<uint64_t, 4> crop{};  // left, right, top, bottom
  if (bits.flag()) {
    for (uint64_t& side : crop) side = bits.ue();
  }
  const uint8_t chroma = sps.separatePlanes ? 0 : sps.chromaFormatIdc;
  const uint64_t unitX = chroma == 1 || chroma == 2 ? 2 : 1;
  const uint64_t unitY = (chroma == 1 ? 2 : 1) * (sps.frameMbsOnly ? 1 : 2);
  const uint64_t cropX = (crop[0] + crop[1]) * unitX;
  const uint64_t cropY = (crop[2] + crop[3]) * unitY;
  if (cropX >= widthMbs * 16 || cropY >= heightMbs * 16) return false;
  sps.width = static_cast<uint32_t>(widthMbs * 16 - cropX);
  sps.height = static_cast<uint32_t>(heightMbs * 16 - cropY);
  return true;
}

// Two ticks are a frame, section E.2.1.
void readTiming(BitReader& bits, Sps& sps) {
  const uint64_t unitsInTick = bits.bits(32);
  const uint64_t timeScale = bits.bits(32);
  sps.fixedFrameRate = bits.flag();
  if (bits.ok()) setFrameRate(sps, timeScale, unitsInTick * 2);
}

// Section E.1.2.
void skipHrd(BitReader& bits) {
  const uint32_t count = bits.ue() + 1;
  bits.skip(8);
  for (uint32_t i = 0; i < count && bits.ok(); ++i) {
    bits.ue();
    bits.ue();
    bits.skip(1);
  }
  bits.skip(20);
}

// Table E-1: width and height by aspect_ratio_idc, from 1.
constexpr std::array<std::array<uint8_t, 2>, 16> kAspectRatios{{{1, 1},
                                                                {12, 11},
                                                                {10, 11},
                                                                {16, 11},
                                                                {40, 33},
                                                                {24, 11},
                                                                {20, 11},
                                                                {32, 11},
                                                                {80, 33},
                                                                {18, 11},
                                                                {15, 11},
                                                                {64, 33},
                                                                {160, 99},
                                                                {4, 3},
                                                                {3, 2},
                                                                {2, 1}}};

void readAspectRatio(BitReader& bits, Vui& vui) {
  constexpr uint32_t kExtendedSar = 255;
  const uint32_t idc = bits.bits(8);
  if (idc == kExtendedSar) {
    vui.sarWidth = bits.bits(16);
    vui.sarHeight = bits.bits(16);
  } else if (idc > 0 && idc <= kAspectRatios.size()) {
    vui.sarWidth = kAspectRatios[idc - 1][0];
    vui.sarHeight = kAspectRatios[idc - 1][1];
  }
}

void readPictureLook(BitReader& bits, Vui& vui) {
  if (bits.flag()) readAspectRatio(bits, vui);
  if (bits.flag()) bits.skip(1);  // overscan
  if (bits.flag()) {
    vui.videoFormat = static_cast<uint8_t>(bits.bits(3));
    vui.fullRange = bits.flag();
    if (bits.flag()) {
      vui.colourPrimaries = static_cast<uint8_t>(bits.bits(8));
      vui.transfer = static_cast<uint8_t>(bits.bits(8));
      vui.matrix = static_cast<uint8_t>(bits.bits(8));
    }
  }
  if (bits.flag()) {  // chroma location
    bits.ue();
    bits.ue();
  }
}

// Section E.1.1.
void readVui(BitReader& bits, Sps& sps) {
  readPictureLook(bits, sps.vui);
  if (bits.flag()) readTiming(bits, sps);
  const bool nalHrd = bits.flag();
  if (nalHrd) skipHrd(bits);
  const bool vclHrd = bits.flag();
  if (vclHrd) skipHrd(bits);
  if (nalHrd || vclHrd) bits.skip(1);  // low_delay_hrd_flag
  sps.vui.hasHrd = nalHrd || vclHrd;
  sps.vui.picStruct = bits.flag();
  if (!bits.flag()) return;
  bits.skip(1);  // motion_vectors_over_pic_boundaries_flag
  for (int i = 0; i < 4; ++i) bits.ue();
  const uint32_t reorder = bits.ue();
  if (bits.ok() && reorder <= 16) sps.maxReorderFrames = static_cast<uint8_t>(reorder);
  const uint32_t buffering = bits.ue();
  if (bits.ok() && buffering <= 16) sps.vui.maxDecFrameBuffering = static_cast<uint8_t>(buffering);
}

// more_rbsp_data of section 7.2: something stands before the last bit that is set.
bool hasMore(const BitReader& bits, ByteView rbsp) {
  size_t end = rbsp.size();
  while (end > 0 && rbsp[end - 1] == 0) --end;
  if (end == 0) return false;
  const auto zeros = static_cast<size_t>(std::countr_zero(rbsp[end - 1]));
  return bits.position() < end * 8 - zeros - 1;
}

// Section 7.3.2.2 after the ids.
void readCoding(BitReader& bits, ByteView rbsp, Pps& pps) {
  pps.cabac = bits.flag();
  bits.skip(1);  // bottom_field_pic_order_in_frame_present_flag
  if (bits.ue() != 0) return;
  pps.refFramesL0 = static_cast<uint8_t>(std::min(bits.ue(), 31u) + 1);
  pps.refFramesL1 = static_cast<uint8_t>(std::min(bits.ue(), 31u) + 1);
  pps.weightedPrediction = bits.flag();
  pps.weightedBipredIdc = static_cast<uint8_t>(bits.bits(2));
  pps.initialQp = 26 + std::clamp(bits.se(), -62, 25);
  bits.se();  // pic_init_qs_minus26
  bits.se();  // chroma_qp_index_offset
  pps.deblockingControl = bits.flag();
  pps.constrainedIntra = bits.flag();
  bits.skip(1);  // redundant_pic_cnt_present_flag
  pps.whole = bits.ok();
  if (pps.whole && hasMore(bits, rbsp)) pps.transform8x8 = bits.flag();
}

// Baseline has no B slices, picture order type 2 is decoding order (section 8.2.1.3), and
// constraint_set3_flag of the High profiles means intra only (section E.2.1).
bool keepsOrder(const Sps& sps) {
  if (sps.profileIdc == kBaseline || sps.picOrderCntType == 2) return true;
  constexpr std::array<uint8_t, 6> intra{44, 86, 100, 110, 122, 244};
  const bool mayBeIntra = std::find(intra.begin(), intra.end(), sps.profileIdc) != intra.end();
  return mayBeIntra && (sps.constraints & 0x10);
}

}  // namespace

Result<Sps> parseSps(ByteView nal) {
  if (nal.empty() || nalType(nal[0]) != kSps) return Reason{"expected a sequence parameter set"};
  const Bytes rbsp = nal::unescape(nal.subspan(1));
  BitReader bits(rbsp);
  Sps sps;
  sps.profileIdc = static_cast<uint8_t>(bits.bits(8));
  sps.constraints = static_cast<uint8_t>(bits.bits(8));
  sps.levelIdc = static_cast<uint8_t>(bits.bits(8));
  const uint32_t id = bits.ue();
  if (id > 31) return Reason{"seq_parameter_set_id above 31"};
  sps.id = static_cast<uint8_t>(id);
  if (hasChromaInfo(sps.profileIdc)) readChromaInfo(bits, sps);
  if (sps.chromaFormatIdc > 3) return Reason{"chroma_format_idc above 3"};
  readPictureOrder(bits, sps);
  if (sps.picOrderCntType > 2) return Reason{"pic_order_cnt_type above 2"};
  sps.maxRefFrames = static_cast<uint8_t>(std::min(bits.ue(), 255u));
  sps.gapsInFrameNum = bits.flag();
  if (!readSize(bits, sps)) return Reason{"picture size out of range"};
  sps.hasVui = bits.flag();
  if (!bits.ok()) return Reason{"sequence parameter set is cut short"};
  // A VUI that is cut short (seen from cheap encoders) costs only what it would have said.
  if (sps.hasVui) readVui(bits, sps);
  if (keepsOrder(sps)) sps.maxReorderFrames = 0;
  return sps;
}

Result<Pps> parsePps(ByteView nal) {
  if (nal.empty() || nalType(nal[0]) != kPps) return Reason{"expected a picture parameter set"};
  const Bytes rbsp = nal::unescape(nal.subspan(1), kPpsBytes);
  BitReader bits(rbsp);
  const uint32_t id = bits.ue();
  const uint32_t spsId = bits.ue();
  if (!bits.ok()) return Reason{"picture parameter set is cut short"};
  if (id > 255 || spsId > 31) return Reason{"parameter set id out of range"};
  Pps pps;
  pps.id = static_cast<uint8_t>(id);
  pps.spsId = static_cast<uint8_t>(spsId);
  readCoding(bits, rbsp, pps);
  return pps;
}

Result<SliceHeader> parseSliceHeader(ByteView nal) {
  if (nal.size() < 2) return Reason{"slice is cut short"};
  const ByteView start = nal.subspan(1, std::min(nal.size() - 1, kSliceHeaderBytes));
  std::array<uint8_t, kSliceHeaderBytes> rbsp;
  size_t size = 0;
  for (size_t i = 0; i < start.size(); ++i) {
    const bool prevention = i >= 2 && start[i] == 3 && start[i - 1] == 0 && start[i - 2] == 0;
    if (!prevention) rbsp[size++] = start[i];
  }
  BitReader bits(ByteView(rbsp.data(), size));
  SliceHeader header;
  header.firstMb = bits.ue();
  const uint32_t type = bits.ue();
  const uint32_t ppsId = bits.ue();
  if (!bits.ok()) return Reason{"slice header is cut short"};
  if (type > 9 || ppsId > 255) return Reason{"slice header out of range"};
  // Table 7-6: P, B, I, SP, SI, and the same again for pictures of one kind.
  constexpr std::array<SliceType, 5> types{SliceType::p, SliceType::b, SliceType::i, SliceType::p,
                                           SliceType::i};
  header.type = types[type % 5];
  header.ppsId = static_cast<uint8_t>(ppsId);
  return header;
}

bool hasRecoveryPoint(ByteView nal) {
  return !nal.empty() && nal::hasSeiMessage(nal.subspan(1), nal::kRecoveryPoint);
}

}  // namespace core::h264

namespace core {

Result<H264Parameters> H264Parameters::fromSets(Bytes sps, std::vector<Bytes> pps) {
  const auto parsed = h264::parseSps(sps);
  if (!parsed) return parsed.reason();
  if (pps.empty()) return Reason{"expected a picture parameter set, got none"};
  H264Parameters parameters;
  parameters.sps = std::move(sps);
  parameters.pps = std::move(pps);
  parameters.width = parsed->width;
  parameters.height = parsed->height;
  parameters.frameRateNum = parsed->frameRateNum;
  parameters.frameRateDen = parsed->frameRateDen;
  parameters.reorderKnown = parsed->maxReorderFrames.has_value();
  parameters.maxReorderFrames = parsed->maxReorderFrames.value_or(0);
  return parameters;
}

}  // namespace core
