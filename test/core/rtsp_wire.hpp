#pragma once

#include "core/deframer.hpp"

#include <random>
#include <string>
#include <vector>

namespace core {

// What a deframer gave, and helpers that make what it takes.
struct Deframed final : RtspDeframer::Sink {
  struct Packet {
    uint8_t channel;
    Bytes payload;
    bool operator==(const Packet&) const = default;
  };
  void packet(uint8_t channel, ByteView payload) override {
    packets.push_back({channel, Bytes(payload.begin(), payload.end())});
  }
  void text(std::string_view message) override { texts.emplace_back(message); }
  void resynchronised(size_t skippedBytes) override { skips.push_back(skippedBytes); }
  void stray(uint8_t channel) override { strays.push_back(channel); }

  std::vector<Packet> packets;
  std::vector<std::string> texts;
  std::vector<size_t> skips;
  std::vector<uint8_t> strays;
};

inline Bytes bytesOf(std::string_view text) { return {text.begin(), text.end()}; }

inline void append(Bytes& to, const Bytes& bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

inline Bytes interleaved(uint8_t channel, const Bytes& payload) {
  Bytes frame{'$', channel, static_cast<uint8_t>(payload.size() >> 8),
              static_cast<uint8_t>(payload.size())};
  append(frame, payload);
  return frame;
}

// An RTP packet whose payload is as random as a picture.
inline Bytes rtpPacket(std::mt19937& random, uint16_t sequence, uint32_t ssrc, size_t size) {
  Bytes packet{0x80, 96, static_cast<uint8_t>(sequence >> 8), static_cast<uint8_t>(sequence)};
  for (int shift = 24; shift >= 0; shift -= 8) packet.push_back(0);
  for (int shift = 24; shift >= 0; shift -= 8)
    packet.push_back(static_cast<uint8_t>(ssrc >> shift));
  while (packet.size() < size) packet.push_back(static_cast<uint8_t>(random()));
  return packet;
}

inline Bytes senderReport(std::mt19937& random, uint32_t ssrc) {
  Bytes report{0x80, 200, 0, 6};
  for (int shift = 24; shift >= 0; shift -= 8)
    report.push_back(static_cast<uint8_t>(ssrc >> shift));
  while (report.size() < 28) report.push_back(static_cast<uint8_t>(random()));
  return report;
}

// Pushes as a connection does: what was not used comes again with more behind it.
inline void pushInChunks(RtspDeframer& deframer, const Bytes& stream, std::mt19937& random,
                         size_t maxChunk) {
  Bytes waiting;
  for (size_t at = 0; at < stream.size();) {
    const size_t chunk = std::min<size_t>(1 + random() % maxChunk, stream.size() - at);
    waiting.insert(waiting.end(), stream.begin() + at, stream.begin() + at + chunk);
    at += chunk;
    waiting.erase(waiting.begin(), waiting.begin() + deframer.push(waiting));
  }
}

}  // namespace core
