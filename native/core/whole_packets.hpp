#pragma once

#include "core/depacketizer.hpp"
#include "core/packetizer.hpp"
#include "core/sequence_tracker.hpp"

namespace core {

// Opus (RFC 7587) and audio of samples (RFC 3551 section 4.5): every packet is a unit, and its
// parameters stand in the session description. Media thread only.
class WholePacketDepacketizer final : public Depacketizer {
 public:
  WholePacketDepacketizer(Parameters parameters, Sink sink);

  void push(const RtpPacket& packet) override;
  void gap() override {}

 private:
  Sink sink_;
  SequenceTracker tracker_;
};

std::unique_ptr<Depacketizer> makeOpusDepacketizer(const RtpTrackConfig& config,
                                                   Depacketizer::Sink&& sink);
std::unique_ptr<Depacketizer> makePcmDepacketizer(const RtpTrackConfig& config,
                                                  Depacketizer::Sink&& sink);

// Unset: not a codec of samples, or one of no channels.
std::optional<PcmParameters> pcmOf(std::string_view codec, uint32_t clockRateHz, uint8_t channels);

// Samples of G.726, several of which share a byte: from RFC 3551's order (section 4.5.4), in which
// the first one has the least significant bits, to that of AAL2 (ITU-T I.366.2).
Bytes toAal2Order(ByteView bytes, unsigned bitsPerSample);

// The same the other way. A unit is not cut: its pieces would need times of their own.
class WholePacketPacketizer final : public Packetizer {
 public:
  void packetize(const Frame& frame, size_t maxBytes, PayloadList& out) override;
};

}  // namespace core
