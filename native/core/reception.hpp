#pragma once

#include "core/packet.hpp"
#include "core/rtcp.hpp"

#include <cstdint>
#include <optional>

namespace core {

// What a receiver tells the sender of one track: RFC 3550 sections 6.4.1 and A.1, A.3, A.8.
class Reception {
 public:
  explicit Reception(uint32_t clockRateHz) : clockRateHz_(clockRateHz) {}

  // In the order of arrival.
  void packet(const RtpPacket& packet, Micros arrival);
  void senderReport(const SenderReport& report, Micros arrival);
  // Empty: nothing has been heard yet. Its losses are those since the last call.
  std::optional<ReceptionReport> report(Micros now);
  Micros jitter() const;

 private:
  void restart(const RtpPacket& packet);
  bool count(uint16_t sequence);
  void measure(uint32_t timestamp, Micros arrival);

  const uint32_t clockRateHz_;
  std::optional<uint32_t> ssrc_;
  uint32_t base_ = 0;  // sequence number
  uint32_t highest_ = 0;  // with rounds
  uint16_t expectedRestart_ = 0;
  bool mayRestart_ = false;
  uint32_t received_ = 0;
  uint32_t expectedBefore_ = 0, receivedBefore_ = 0;  // at the last report
  std::optional<uint32_t> transit_;
  uint32_t jitter_ = 0;  // times 16
  uint32_t lastReport_ = 0;
  Micros lastReportAt_{0};
};

}  // namespace core
