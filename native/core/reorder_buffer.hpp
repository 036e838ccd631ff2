#pragma once

#include "core/bytes.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace core {

// Puts the RTP packets of one track back into the order in which they were sent
// (docs/design/0031-rtp-over-udp.md). Nothing is held while nothing is missing.
class ReorderBuffer {
 public:
  struct Packet {
    Bytes bytes;
    uint32_t ssrc = 0;
    uint16_t sequence = 0;
    Micros arrival{0};
  };
  using Sink = std::function<void(Packet&&)>;

  // Either bound ends the wait for what is missing.
  static constexpr size_t kMaxPackets = 256;
  static constexpr size_t kMaxBytes = 1'000'000;
  static constexpr Micros kMaxWait{50'000};

  explicit ReorderBuffer(Sink sink) : sink_(std::move(sink)) {}

  // Calls the sink for this packet and those that waited for it, in order, or keeps it, or drops
  // it. `arrival` never runs backwards.
  void push(Packet&& packet);
  // Gives up what has been waited for too long.
  void expire(Micros now);

  bool empty() const { return held_ == 0; }
  // Packets that came twice, or after they had been given up.
  uint64_t dropped() const { return dropped_; }

 private:
  struct Position {
    uint32_t ssrc;
    uint16_t next;
  };
  bool isOurs(const Packet& packet);
  int aheadOf(const Packet& packet) const;
  Packet* heldAt(uint16_t sequence);
  void hold(Packet&& packet);
  void giveHeld();
  void skipMissing();
  bool replaces(const Packet& packet);
  void begin(const Packet& packet);

  const Sink sink_;
  std::optional<Position> current_;
  std::optional<Position> rival_;
  int rivalPackets_ = 0;
  // By the last eight bits of the sequence number.
  std::array<std::optional<Packet>, kMaxPackets> slots_;
  size_t held_ = 0;
  size_t heldBytes_ = 0;
  uint64_t dropped_ = 0;
};

}  // namespace core
