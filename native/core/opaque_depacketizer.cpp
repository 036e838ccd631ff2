#include "core/opaque_depacketizer.hpp"

#include <utility>

namespace core {

namespace {
constexpr size_t kMaxOpaqueBytes = 1'000'000;
}

void OpaqueDepacketizer::push(const RtpPacket& packet) {
  const SequenceTracker::Step step = tracker_.take(packet);
  if (step == SequenceTracker::Step::stray) return;
  if (step == SequenceTracker::Step::gap) gap();
  if (packet.timestamp != unit_.timestamp) finish();
  unit_.timestamp = packet.timestamp;
  unit_.damaged |= std::exchange(lossAhead_, false);
  const ByteView payload = packet.payload;
  if (unit_.payload.size() + payload.size() > kMaxOpaqueBytes) {
    unit_.damaged = true;
  } else if (!payload.empty()) {
    unit_.payload.insert(unit_.payload.end(), payload.begin(), payload.end());
    unit_.packetEnds.push_back(static_cast<uint32_t>(unit_.payload.size()));
  }
  unit_.marked = packet.marker;
  if (packet.marker) finish();
}

void OpaqueDepacketizer::gap() {
  if (!unit_.payload.empty()) unit_.damaged = true;
  lossAhead_ = true;
}

void OpaqueDepacketizer::finish() {
  AccessUnit whole = std::exchange(unit_, {});
  if (whole.payload.empty()) return;
  whole.key = true;
  whole.payload.shrink_to_fit();
  sink_.unit(std::move(whole));
}

}  // namespace core
