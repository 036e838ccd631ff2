#include "core/latm_depacketizer.hpp"

#include "fuzz/packets.hpp"

namespace core {
namespace {

void run(Input input) {
  const size_t bound = input.size();
  size_t out = 0;
  bool known = false;
  RtpTrackConfig config;
  config.codec = "MP4A-LATM";
  config.clockRateHz = 48000;
  const uint8_t flags = input.byte();
  config.configInBand = flags & 0x80;
  const ByteView mux = input.bytes(flags & 31);
  config.config.assign(mux.begin(), mux.end());
  LatmDepacketizer depacketizer(
      config,
      {.parameters =
           [&](const Parameters& parameters) {
             const auto& aac = std::get<AacParameters>(parameters);
             require(aac.sampleRateHz > 0 && aac.channels > 0);
             require(AacParameters::fromConfig(aac.config)->sampleRateHz == aac.sampleRateHz);
             known = true;
           },
       .unit =
           [&](AccessUnit&& unit) {
             require(known && unit.key && !unit.payload.empty());
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
