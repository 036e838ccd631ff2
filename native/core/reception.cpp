#include "core/reception.hpp"

#include <algorithm>
#include <cstdlib>

namespace core {

namespace {
// RFC 3550 appendix A.1.
constexpr uint16_t kMaxDropout = 3000;
constexpr uint16_t kMaxMisorder = 100;

uint32_t to65536ths(Micros time) {
  return static_cast<uint32_t>(time.count() / 1'000'000 * 65'536 +
                               time.count() % 1'000'000 * 65'536 / 1'000'000);
}
}  // namespace

void Reception::packet(const RtpPacket& packet, Micros arrival) {
  if (ssrc_ != packet.ssrc) {
    restart(packet);
    lastReport_ = 0;
  }
  if (!count(packet.sequence)) {
    if (!mayRestart_ || packet.sequence != expectedRestart_) {
      mayRestart_ = true;
      expectedRestart_ = static_cast<uint16_t>(packet.sequence + 1);
      return;
    }
    restart(packet);
    count(packet.sequence);
  }
  mayRestart_ = false;
  measure(packet.timestamp, arrival);
}

void Reception::senderReport(const SenderReport& report, Micros arrival) {
  if (ssrc_ != report.ssrc) return;
  lastReport_ = report.ntpMiddle;
  lastReportAt_ = arrival;
}

std::optional<ReceptionReport> Reception::report(Micros now) {
  if (!ssrc_) return std::nullopt;
  ReceptionReport report;
  report.ssrc = *ssrc_;
  const uint32_t expected = highest_ - base_ + 1;
  report.lost = static_cast<int32_t>(expected - received_);
  const uint32_t expectedSince = expected - expectedBefore_;
  const auto lostSince = static_cast<int32_t>(expectedSince - (received_ - receivedBefore_));
  if (expectedSince > 0 && lostSince > 0)
    report.fractionLost = static_cast<uint8_t>(
        std::min<uint64_t>(uint64_t{static_cast<uint32_t>(lostSince)} * 256 / expectedSince, 255));
  expectedBefore_ = expected;
  receivedBefore_ = received_;
  report.highestSequence = highest_;
  report.jitter = jitter_ >> 4;
  report.lastReport = lastReport_;
  if (lastReport_ != 0) report.delay = to65536ths(now - lastReportAt_);
  return report;
}

Micros Reception::jitter() const {
  return Micros{int64_t{jitter_ >> 4} * 1'000'000 / std::max<uint32_t>(clockRateHz_, 1)};
}

void Reception::restart(const RtpPacket& packet) {
  ssrc_ = packet.ssrc;
  base_ = highest_ = packet.sequence;
  received_ = expectedBefore_ = receivedBefore_ = 0;
  transit_.reset();
  jitter_ = 0;
  mayRestart_ = false;
}

// False: so far away that the sender may have begun anew.
bool Reception::count(uint16_t sequence) {
  const auto ahead = static_cast<uint16_t>(sequence - static_cast<uint16_t>(highest_));
  if (ahead >= kMaxDropout && ahead <= UINT16_MAX - kMaxMisorder) return false;
  if (ahead < kMaxDropout) highest_ += ahead;
  ++received_;
  return true;
}

// Appendix A.8.
void Reception::measure(uint32_t timestamp, Micros arrival) {
  const auto seconds = static_cast<uint64_t>(arrival.count() / 1'000'000);
  const auto rest = static_cast<uint64_t>(arrival.count() % 1'000'000);
  const auto clock =
      static_cast<uint32_t>(seconds * clockRateHz_ + rest * clockRateHz_ / 1'000'000);
  const uint32_t transit = clock - timestamp;
  if (transit_) {
    const auto step = static_cast<int32_t>(transit - *transit_);
    const uint32_t size = step < 0 ? 0U - static_cast<uint32_t>(step) : static_cast<uint32_t>(step);
    jitter_ += size - ((jitter_ + 8) >> 4);
  }
  transit_ = transit;
}

}  // namespace core
