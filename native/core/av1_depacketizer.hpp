#pragma once

#include "core/av1.hpp"
#include "core/sequence_tracker.hpp"

namespace core {

// RTP Payload Format For AV1 (v1.0, https://aomediacodec.github.io/av1-rtp-spec). The OBUs of one
// timestamp, up to the marker, are a picture. Media thread only.
class Av1Depacketizer final : public Depacketizer {
 public:
  Av1Depacketizer(const RtpTrackConfig&, Sink sink) : sink_(std::move(sink)) {}

  void push(const RtpPacket& packet) override;
  void gap() override;

 private:
  void takeElements(ByteView payload);
  void takeElement(ByteView element, bool continues, bool goesOn);
  void takeObu();
  void damage();
  void finish();
  bool learn(ByteView sequenceHeader);

  Sink sink_;
  SequenceTracker tracker_;
  std::optional<Av1Parameters> parameters_;
  AccessUnit unit_;
  Bytes obu_;  // whose rest is to come
  bool lossAhead_ = false;  // packets were lost before the next one
  bool headLost_ = false;  // and may have been the first of the unit in hand
};

}  // namespace core
