#include "core/aac_depacketizer.hpp"

#include "fuzz/packets.hpp"

namespace core {
namespace {

void run(Input input) {
  const size_t bound = input.size();
  size_t out = 0;
  bool known = false;
  RtpTrackConfig config;
  config.codec = "MPEG4-GENERIC";
  config.clockRateHz = 48000;
  config.sizeLength = input.byte();
  config.indexLength = input.byte();
  config.indexDeltaLength = input.byte();
  const ByteView audio = input.bytes(input.byte() & 15);
  config.config = Bytes(audio.begin(), audio.end());
  AacDepacketizer depacketizer(config, {.parameters =
                                            [&](const Parameters& parameters) {
                                              const auto& aac = std::get<AacParameters>(parameters);
                                              require(aac.sampleRateHz > 0 && aac.channels > 0);
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
