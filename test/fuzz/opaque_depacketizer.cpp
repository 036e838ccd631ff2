#include "core/packetizer.hpp"
#include "fuzz/packets.hpp"

#include <algorithm>

// Codecs that nobody understands: packets go out as they came.
namespace core {
namespace {

void sendOn(const AccessUnit& unit) {
  constexpr size_t kMaxBytes = 100;
  const auto packetizer = makePacketizer({Kind::other, "X", 90'000, OpaqueParameters{}});
  Frame frame;
  frame.payload = unit.payload;
  frame.packetEnds = unit.packetEnds;
  frame.marked = unit.marked;
  PayloadList list;
  packetizer->packetize(frame, kMaxBytes, list);
  require(list.size() == unit.packetEnds.size() && list.bytes() == unit.payload.size());
  require(list.isMarked(list.size() - 1) == unit.marked);
}

void run(Input input) {
  RtpTrackConfig config;
  config.codec = "X";
  size_t out = 0;
  const size_t bound = input.size();
  const auto depacketizer = makeDepacketizer(
      config, {.parameters = [](const Parameters&) { require(false); },
               .unit =
                   [&](AccessUnit&& unit) {
                     require(!unit.payload.empty() && !unit.packetEnds.empty());
                     require(unit.packetEnds.back() == unit.payload.size());
                     require(std::is_sorted(unit.packetEnds.begin(), unit.packetEnds.end()));
                     sendOn(unit);
                     out += unit.payload.size();
                   }});
  pushPackets(input, *depacketizer);
  require(out <= bound);
}

}  // namespace
}  // namespace core

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  core::run({data, size});
  return 0;
}
