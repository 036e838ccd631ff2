#include "gst/avcc.hpp"

#include "core/h264.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace gst {

using core::Bytes;
using core::ByteView;

namespace {

// Profiles whose record ends with chroma format and bit depths.
bool hasChroma(uint8_t profile) {
  return profile == 100 || profile == 110 || profile == 122 || profile == 144;
}

uint8_t at(ByteView bytes, size_t index) { return index < bytes.size() ? bytes[index] : 0; }

// Takes `count` sets, each after its length in 16 bits, off the front; nothing when they pass the
// end.
std::optional<std::vector<Bytes>> takeSets(ByteView& bytes, size_t count) {
  std::vector<Bytes> sets;
  for (; count > 0; --count) {
    const size_t length = at(bytes, 0) << 8 | at(bytes, 1);
    if (length == 0 || bytes.size() < 2 + length) return std::nullopt;
    const ByteView set = bytes.subspan(2, length);
    sets.emplace_back(set.begin(), set.end());
    bytes = bytes.subspan(2 + length);
  }
  return sets;
}

void append(Bytes& out, const Bytes& set) {
  out.push_back(static_cast<uint8_t>(set.size() >> 8));
  out.push_back(static_cast<uint8_t>(set.size()));
  out.insert(out.end(), set.begin(), set.end());
}

}  // namespace

core::Result<AvcConfig> parseAvcC(ByteView bytes) {
  if (bytes.size() < 7 || bytes[0] != 1) return core::Reason{"expected an avcC record, version 1"};
  AvcConfig config;
  config.lengthSize = (bytes[4] & 3) + 1;
  ByteView rest = bytes.subspan(6);
  auto spsSets = takeSets(rest, bytes[5] & 0x1f);
  if (!spsSets || spsSets->empty() || rest.empty())
    return core::Reason{"the avcC has no whole SPS"};
  const size_t ppsCount = rest[0];
  rest = rest.subspan(1);
  auto ppsSets = takeSets(rest, ppsCount);
  if (!ppsSets || ppsSets->empty()) return core::Reason{"the avcC has no whole PPS"};

  auto parameters =
      core::H264Parameters::fromSets(std::move(spsSets->front()), std::move(*ppsSets));
  if (!parameters) return parameters.reason();
  config.parameters = std::move(*parameters);
  return config;
}

Bytes formatAvcC(const core::H264Parameters& parameters) {
  const ByteView sps = parameters.sps;
  Bytes out{1, at(sps, 1), at(sps, 2), at(sps, 3), 0xff, 0xe1};
  append(out, parameters.sps);
  out.push_back(static_cast<uint8_t>(parameters.pps.size()));
  for (const Bytes& pps : parameters.pps) append(out, pps);
  if (!hasChroma(at(sps, 1))) return out;
  const auto parsed = core::h264::parseSps(sps);
  const core::h264::Sps fields = parsed ? *parsed : core::h264::Sps{};
  out.push_back(0xfc | fields.chromaFormatIdc);
  out.push_back(0xf8 | (fields.bitDepthLuma - 8));
  out.push_back(0xf8 | (fields.bitDepthChroma - 8));
  out.push_back(0);
  return out;
}

}  // namespace gst
