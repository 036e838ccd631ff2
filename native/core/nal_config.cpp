#include "core/nal_config.hpp"

#include "core/h265.hpp"

#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace core {

namespace {

uint8_t byteAt(ByteView bytes, size_t index) { return index < bytes.size() ? bytes[index] : 0; }

// Takes `count` sets, each after its length in 16 bits, off the front; nothing when they pass the
// end.
std::optional<std::vector<Bytes>> takeSets(ByteView& bytes, size_t count) {
  std::vector<Bytes> sets;
  for (; count > 0; --count) {
    const size_t length = byteAt(bytes, 0) << 8 | byteAt(bytes, 1);
    if (length == 0 || bytes.size() < 2 + length) return std::nullopt;
    const ByteView set = bytes.subspan(2, length);
    sets.emplace_back(set.begin(), set.end());
    bytes = bytes.subspan(2 + length);
  }
  return sets;
}

template <typename Parameters>
Result<NalConfig> configOf(Result<Parameters> parameters, uint8_t lengths) {
  if (!parameters) return parameters.reason();
  return NalConfig{std::move(*parameters), static_cast<uint8_t>((lengths & 3) + 1)};
}

}  // namespace

Result<NalConfig> parseAvcC(ByteView bytes) {
  if (bytes.size() < 7 || bytes[0] != 1) return Reason{"expected an avcC record, version 1"};
  ByteView rest = bytes.subspan(6);
  auto spsSets = takeSets(rest, bytes[5] & 0x1f);
  if (!spsSets || spsSets->empty() || rest.empty()) return Reason{"the avcC has no whole SPS"};
  const size_t ppsCount = rest[0];
  rest = rest.subspan(1);
  auto ppsSets = takeSets(rest, ppsCount);
  if (!ppsSets || ppsSets->empty()) return Reason{"the avcC has no whole PPS"};
  return configOf(H264Parameters::fromSets(std::move(spsSets->front()), std::move(*ppsSets)),
                  bytes[4]);
}

Result<NalConfig> parseHvcC(ByteView bytes) {
  constexpr size_t kHeadBytes = 23;
  if (bytes.size() < kHeadBytes || bytes[0] != 1)
    return Reason{"expected an hvcC record, version 1"};
  std::array<std::vector<Bytes>, 3> sets;  // VPS, SPS, PPS
  ByteView rest = bytes.subspan(kHeadBytes);
  for (size_t arrays = bytes[kHeadBytes - 1]; arrays > 0 && rest.size() > 3; --arrays) {
    const uint8_t type = rest[0] & 0x3f;
    const size_t count = rest[1] << 8 | rest[2];
    rest = rest.subspan(3);
    auto taken = takeSets(rest, count);
    if (!taken) return Reason{"the hvcC is cut short"};
    if (h265::isParameterSet(type)) sets[type - h265::kVps] = std::move(*taken);
  }
  auto& [vps, sps, pps] = sets;
  if (vps.empty() || sps.empty()) return Reason{"the hvcC has no whole VPS and SPS"};
  return configOf(
      H265Parameters::fromSets(std::move(vps.front()), std::move(sps.front()), std::move(pps)),
      bytes[21]);
}

}  // namespace core
