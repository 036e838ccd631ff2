#pragma once

#include "core/depacketizer.hpp"
#include "core/sequence_tracker.hpp"

#include <optional>

namespace core {

// RFC 3640 with the AU headers of AAC-hbr and AAC-lbr, and ADTS where cameras send that instead.
// Media thread only. A unit is delivered whole or not at all; a loss damages none but its own.
class AacDepacketizer final : public Depacketizer {
 public:
  AacDepacketizer(const RtpTrackConfig& config, Sink sink);

  void push(const RtpPacket& packet) override;
  void gap() override;

 private:
  // A unit that is spread over packets.
  struct Fragment {
    uint32_t timestamp = 0;
    size_t size = 0;  // of the whole unit; 0 = up to the marker
    bool bare = false;  // what follows has no AU headers
    Bytes bytes;
  };
  void takeHeadered(const RtpPacket& packet);
  void takeUnits(const RtpPacket& packet, ByteView headers, ByteView data);
  void takeBare(const RtpPacket& packet);
  void takeAdts(uint32_t timestamp, ByteView frames);
  void takeUnit(uint32_t timestamp, ByteView unit);
  void beginFragment(Fragment fragment, ByteView piece);
  void continueFragment(ByteView piece);
  void deliver(uint32_t timestamp, Bytes unit);
  void learn(ByteView config);
  uint32_t timeOf(uint32_t first, size_t unit) const;

  Sink sink_;
  SequenceTracker tracker_;
  uint32_t clockRateHz_;
  uint8_t sizeLength_, indexLength_, indexDeltaLength_;
  bool configured_ = false;  // by SDP: what ADTS says does not count then
  std::optional<AacParameters> parameters_;
  std::optional<Fragment> fragment_;
};

}  // namespace core
