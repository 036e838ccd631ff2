#include "core/whole_packets.hpp"

#include <utility>

namespace core {

namespace {

constexpr size_t kMaxWholePayload =
    65535 - 12;  // behind an RTP header, in RTSP's 16 bits of length

struct Coding {
  std::string_view codec;
  uint8_t bitsPerSample;
};

// RFC 3551 section 4.5, RFC 3190 (L24).
constexpr Coding kCodings[] = {
    {"PCMU", 8},         {"PCMA", 8},         {"G722", 4},         {"L8", 8},
    {"L16", 16},         {"L24", 24},         {"G726-16", 2},      {"G726-24", 3},
    {"G726-32", 4},      {"G726-40", 5},      {"AAL2-G726-16", 2}, {"AAL2-G726-24", 3},
    {"AAL2-G726-32", 4}, {"AAL2-G726-40", 5},
};

}  // namespace

WholePacketDepacketizer::WholePacketDepacketizer(Parameters parameters, Sink sink)
    : sink_(std::move(sink)) {
  sink_.parameters(std::move(parameters));
}

void WholePacketDepacketizer::push(const RtpPacket& packet) {
  if (tracker_.take(packet) == SequenceTracker::Step::stray || packet.payload.empty()) return;
  AccessUnit unit;
  unit.timestamp = packet.timestamp;
  unit.key = true;
  unit.payload.assign(packet.payload.begin(), packet.payload.end());
  sink_.unit(std::move(unit));
}

// RFC 7587 section 7: rtpmap always says two channels; cameras that say something else mean it no
// more.
std::unique_ptr<Depacketizer> makeOpusDepacketizer(const RtpTrackConfig&,
                                                   Depacketizer::Sink&& sink) {
  return std::make_unique<WholePacketDepacketizer>(OpusParameters(), std::move(sink));
}

std::unique_ptr<Depacketizer> makePcmDepacketizer(const RtpTrackConfig& config,
                                                  Depacketizer::Sink&& sink) {
  const auto parameters = pcmOf(config.codec, config.clockRateHz, config.channels);
  return std::make_unique<WholePacketDepacketizer>(parameters.value_or(PcmParameters{}),
                                                   std::move(sink));
}

std::optional<PcmParameters> pcmOf(std::string_view codec, uint32_t clockRateHz, uint8_t channels) {
  for (const Coding& coding : kCodings) {
    if (coding.codec != codec) continue;
    PcmParameters parameters;
    parameters.bitsPerSample = coding.bitsPerSample;
    // RFC 3551 section 4.5.2: G.722 is sampled at 16 kHz, by mistake its clock runs at 8 kHz.
    parameters.sampleRateHz = codec == "G722" ? 16000 : clockRateHz;
    parameters.channels = channels == 0 ? 1 : channels;
    return parameters;
  }
  return std::nullopt;
}

uint32_t PcmParameters::samplesOf(ByteView unit) const {
  const uint32_t bits = uint32_t{bitsPerSample} * channels;
  return bits == 0 ? 0 : static_cast<uint32_t>(unit.size() * 8 / bits);
}

Bytes toAal2Order(ByteView bytes, unsigned bits) {
  Bytes ordered(bytes.size());
  const size_t all = bytes.size() * 8 / bits * bits;
  for (size_t i = 0; i < all; ++i) {
    if ((bytes[i / 8] >> i % 8 & 1) == 0) continue;
    const size_t to = i / bits * bits + (bits - 1 - i % bits);
    ordered[to / 8] = static_cast<uint8_t>(ordered[to / 8] | 0x80 >> to % 8);
  }
  return ordered;
}

void WholePacketPacketizer::packetize(const Frame& frame, size_t, PayloadList& out) {
  if (frame.payload.empty() || frame.payload.size() > kMaxWholePayload) return;
  out.open();
  out.add(frame.payload);
}

}  // namespace core
