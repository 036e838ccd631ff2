#include "core/rtcp.hpp"

#include "core/packet.hpp"
#include "fuzz/input.hpp"

namespace core {
namespace {

void run(ByteView bytes) {
  const auto reports = parseSenderReports(bytes);
  require(reports.size() * 28 <= bytes.size());
  for (const SenderReport& report : reports) require(report.ntp.count() >= 0);
  require(parseGoodbyes(bytes).size() * 4 <= bytes.size());
  if (isCompound(bytes)) require(bytes.size() % 4 == 0);
  // RTP shares the first bytes with RTCP, so its parser gets the same.
  if (const auto packet = parseRtp(bytes)) {
    require(packet->payload.size() + 12 <= bytes.size());
    require(packet->payload.empty() || packet->payload.data() >= bytes.data() + 12);
  }
}

}  // namespace
}  // namespace core

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  core::run({data, size});
  return 0;
}
