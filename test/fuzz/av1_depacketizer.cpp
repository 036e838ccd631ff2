#include "core/av1_depacketizer.hpp"

#include "core/av1_packetizer.hpp"
#include "fuzz/packets.hpp"

namespace core {
namespace {

// What was put together goes out and comes back as it is.
void sendOn(const AccessUnit& unit, size_t maxBytes) {
  Av1Packetizer packetizer;
  Frame frame;
  frame.key = unit.key;
  frame.payload = unit.payload;
  PayloadList list;
  packetizer.packetize(frame, maxBytes, list);
  require(list.size() > 0 && list.isMarked(list.size() - 1));
  Bytes all;
  Bytes obu;
  for (size_t packet = 0; packet < list.size(); ++packet) {
    Bytes payload;
    list.write(packet, payload);
    require(payload.size() <= maxBytes);
    const unsigned count = payload[0] >> 4 & 3;
    ByteView rest = ByteView(payload).subspan(1);
    for (unsigned index = 1; !rest.empty(); ++index) {
      const auto size = index == count ? rest.size() : av1::takeLeb128(rest).value();
      obu.insert(obu.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
      rest = rest.subspan(size);
      if (rest.empty() && payload[0] & 0x40) break;
      av1::appendObu(*av1::parseObu(obu), all);
      obu.clear();
    }
  }
  require(all == unit.payload);
}

void run(Input input) {
  const size_t bound = input.size() * 6;
  size_t out = 0;
  bool known = false;
  const size_t maxBytes = 64 + input.byte();
  Av1Depacketizer depacketizer({}, {.parameters =
                                        [&](const Parameters& parameters) {
                                          const auto& av1 = std::get<Av1Parameters>(parameters);
                                          require(av1.width > 0 && av1.height > 0);
                                          require(av1::parseAv1C(av1::formatAv1C(av1)) == av1);
                                          known = true;
                                        },
                                    .unit =
                                        [&](AccessUnit&& unit) {
                                          require(known && !unit.payload.empty());
                                          require(!(unit.key && unit.damaged));
                                          if (unit.payload.size() < 8192) sendOn(unit, maxBytes);
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
