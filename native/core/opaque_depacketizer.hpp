#pragma once

#include "core/depacketizer.hpp"
#include "core/sequence_tracker.hpp"

namespace core {

// For codecs that nobody here understands: the payloads of one timestamp, one after the other, as
// a unit. Media thread only.
class OpaqueDepacketizer final : public Depacketizer {
 public:
  explicit OpaqueDepacketizer(Sink sink) : sink_(std::move(sink)) {}

  void push(const RtpPacket& packet) override;
  void gap() override;

 private:
  void finish();

  Sink sink_;
  SequenceTracker tracker_;
  AccessUnit unit_;
  bool lossAhead_ = false;
};

}  // namespace core
