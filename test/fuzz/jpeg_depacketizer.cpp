#include "core/jpeg_depacketizer.hpp"

#include "core/jpeg_packetizer.hpp"
#include "fuzz/packets.hpp"

#include <algorithm>

namespace core {
namespace {

constexpr size_t kMaxHeader = 1024;

// What was put together goes out and comes back with all of its scan (sizes are rounded).
void sendOn(const AccessUnit& unit) {
  JpegPacketizer packetizer;
  Frame frame;
  frame.payload = unit.payload;
  PayloadList list;
  packetizer.packetize(frame, 400, list);
  Bytes back;
  RtpTrackConfig config;
  const auto size = jpeg::parametersOf(unit.payload);
  for (const uint32_t length : {size->width, size->height})
    config.config.insert(config.config.end(),
                         {static_cast<uint8_t>(length >> 8), static_cast<uint8_t>(length)});
  JpegDepacketizer depacketizer(
      config, {.parameters = [](const Parameters&) {},
               .unit = [&](AccessUnit&& again) { back = std::move(again.payload); }});
  RtpPacket packet;
  for (size_t index = 0; index < list.size(); ++index) {
    Bytes payload;
    list.write(index, payload);
    require(payload.size() <= 400);
    packet.payload = payload;
    packet.marker = list.isMarked(index);
    depacketizer.push(packet);
    ++packet.sequence;
  }
  if (list.size() == 0) return;
  const ByteView scan = jpeg::parse(unit.payload)->scan;
  const auto again = jpeg::parse(back);
  require(again && std::equal(scan.begin(), scan.end(), again->scan.begin(), again->scan.end()));
}

void run(Input input) {
  size_t bound = 0;
  size_t out = 0;
  size_t units = 0;
  RtpTrackConfig config;
  const ByteView size = input.bytes(4);
  config.config.assign(size.begin(), size.end());
  bound = input.size();
  JpegDepacketizer depacketizer(config,
                                {.parameters =
                                     [](const Parameters& parameters) {
                                       const auto& jpeg = std::get<JpegParameters>(parameters);
                                       require(jpeg.width > 0 && jpeg.height > 0);
                                     },
                                 .unit =
                                     [&](AccessUnit&& unit) {
                                       require(jpeg::parametersOf(unit.payload).has_value());
                                       require(unit.key == !unit.damaged);
                                       if (unit.key && unit.payload.size() < 8192) sendOn(unit);
                                       out += unit.payload.size();
                                       ++units;
                                     }});
  pushPackets(input, depacketizer);
  require(out <= bound + units * kMaxHeader);
}

}  // namespace
}  // namespace core

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  core::run({data, size});
  return 0;
}
