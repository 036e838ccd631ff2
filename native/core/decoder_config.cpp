#include "core/decoder_config.hpp"

#include "core/h264.hpp"
#include "core/h265.hpp"

#include <span>

namespace core {

namespace {

uint8_t at(ByteView bytes, size_t index) { return index < bytes.size() ? bytes[index] : 0; }

// A parameter set after its length in 16 bits.
void appendSet(Bytes& out, ByteView set) {
  out.push_back(static_cast<uint8_t>(set.size() >> 8));
  out.push_back(static_cast<uint8_t>(set.size()));
  out.insert(out.end(), set.begin(), set.end());
}

// Profiles whose record has no chroma format and bit depths.
bool isOldProfile(uint8_t profile) { return profile == 66 || profile == 77 || profile == 88; }

void appendArray(Bytes& out, h265::NalType type, std::span<const Bytes> sets) {
  constexpr uint8_t kComplete = 0x80;
  out.push_back(kComplete | type);
  out.push_back(0);
  out.push_back(static_cast<uint8_t>(sets.size()));
  for (const Bytes& set : sets) appendSet(out, set);
}

}  // namespace

Bytes formatAvcC(const H264Parameters& parameters) {
  const ByteView sps = parameters.sps;
  // One SPS, whose profile, constraints and level are repeated.
  Bytes out{1, at(sps, 1), at(sps, 2), at(sps, 3), 0xff, 0xe1};
  appendSet(out, sps);
  out.push_back(static_cast<uint8_t>(parameters.pps.size()));
  for (const Bytes& pps : parameters.pps) appendSet(out, pps);
  if (isOldProfile(at(sps, 1))) return out;
  const auto parsed = h264::parseSps(sps);
  const h264::Sps fields = parsed ? *parsed : h264::Sps{};
  out.push_back(0xfc | fields.chromaFormatIdc);
  out.push_back(static_cast<uint8_t>(0xf8 | (fields.bitDepthLuma - 8)));
  out.push_back(static_cast<uint8_t>(0xf8 | (fields.bitDepthChroma - 8)));
  out.push_back(0);  // no SPS extensions
  return out;
}

Bytes formatHvcC(const H265Parameters& parameters) {
  const auto parsed = h265::parseSps(parameters.sps);
  const h265::Sps sps = parsed ? *parsed : h265::Sps{};
  Bytes out;
  out.reserve(64 + parameters.sps.size());
  out.push_back(1);
  out.insert(out.end(), parameters.profileTierLevel.begin(), parameters.profileTierLevel.end());
  out.insert(out.end(), {0xf0, 0});  // min_spatial_segmentation_idc: not known
  out.push_back(0xfc);  // parallelismType: not known
  out.push_back(0xfc | sps.chromaFormatIdc);
  out.push_back(static_cast<uint8_t>(0xf8 | (sps.bitDepthLuma - 8)));
  out.push_back(static_cast<uint8_t>(0xf8 | (sps.bitDepthChroma - 8)));
  out.insert(out.end(), {0, 0});  // avgFrameRate: not known
  // constantFrameRate not known, lengths of 4 bytes.
  out.push_back(static_cast<uint8_t>(sps.maxSubLayers << 3 | sps.temporalIdNesting << 2 | 3));
  out.push_back(3);
  appendArray(out, h265::kVps, {&parameters.vps, 1});
  appendArray(out, h265::kSps, {&parameters.sps, 1});
  appendArray(out, h265::kPps, parameters.pps);
  return out;
}

}  // namespace core
