#include "core/h264_depacketizer.hpp"

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
    const uint8_t type = h264::nalType(nal[0]);
    require(type != 0 && type < 24 && !(type >= h264::kSps && type <= h264::kFiller));
    require(nal.back() != 0);
    for (size_t i = 2; i < nal.size(); ++i)
      require(nal[i] != 1 || nal[i - 1] != 0 || nal[i - 2] != 0);
    picture |= h264::isPicture(type);
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
  config.codec = "H264";
  for (int sets = input.byte() & 3; sets > 0; --sets) {
    const ByteView set = input.bytes(input.byte());
    config.parameterSets.emplace_back(set.begin(), set.end());
  }
  H264Depacketizer depacketizer(config, {.parameters =
                                             [&](const Parameters& parameters) {
                                               const auto& h264 =
                                                   std::get<H264Parameters>(parameters);
                                               require(!h264.sps.empty() && !h264.pps.empty());
                                               require(h264.width > 0 && h264.height > 0);
                                               require(h264.frameRateDen > 0);
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
