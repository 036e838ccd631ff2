#include "core/h265_depacketizer.hpp"

#include "fuzz/packets.hpp"

namespace core {
namespace {

constexpr size_t kMaxUnitBytes = 8'000'000;

// A unit is nothing but NAL units behind their lengths, with a picture and without parameter sets.
void check(const AccessUnit& unit) {
  bool picture = false;
  ByteView rest = unit.payload;
  while (!rest.empty()) {
    require(rest.size() > 4);
    const size_t size =
        size_t{rest[0]} << 24 | size_t{rest[1]} << 16 | size_t{rest[2]} << 8 | rest[3];
    require(size > 0 && size <= rest.size() - 4);
    const ByteView nal = rest.subspan(4, size);
    require(nal.size() > 2 && h265::layerId(nal[0], nal[1]) == 0);
    const uint8_t type = h265::nalType(nal[0]);
    require(h265::isPicture(type) || type == h265::kPrefixSei || type == h265::kSuffixSei);
    require(nal.back() != 0);
    for (size_t i = 2; i < nal.size(); ++i)
      require(nal[i] != 1 || nal[i - 1] != 0 || nal[i - 2] != 0);
    picture |= h265::isPicture(type);
    rest = rest.subspan(4 + size);
  }
  require(picture);
  require(unit.payload.size() <= kMaxUnitBytes);
}

void run(Input input) {
  // A NAL unit of one byte costs four of length, however many STAP-A brings.
  const size_t bound = input.size() * 5;
  size_t out = 0;
  bool known = false;
  RtpTrackConfig config;
  config.codec = "H265";
  for (int sets = input.byte() & 3; sets > 0; --sets) {
    const ByteView set = input.bytes(input.byte());
    config.parameterSets.emplace_back(set.begin(), set.end());
  }
  H265Depacketizer depacketizer(config, {.parameters =
                                             [&](const Parameters& parameters) {
                                               const auto& h265 =
                                                   std::get<H265Parameters>(parameters);
                                               require(!h265.vps.empty() && !h265.sps.empty());
                                               require(!h265.pps.empty());
                                               require(h265.width > 0 && h265.height > 0);
                                               require(h265.frameRateDen > 0);
                                               known = true;
                                             },
                                         .unit =
                                             [&](AccessUnit&& unit) {
                                               require(known);
                                               check(unit);
                                               out += unit.payload.size();
                                             }});
  pushPackets(input, depacketizer);
  require(out <= bound);
}

}  // namespace
}  // namespace core

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  core::run({data, size});
  return 0;
}
