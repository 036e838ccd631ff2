#pragma once

#include "core/packet.hpp"

#include <cstdint>
#include <optional>

namespace core {

// Tells losses from packets that are none of ours: duplicates, late ones, those of another session
// (live555 before 2017.06.04 mixes them, Reolink sends the end of the previous one).
class SequenceTracker {
 public:
  enum class Step {
    next,  // follows the last one
    gap,  // packets are missing before it, or a new count begins
    stray,  // not to be used
  };
  Step take(const RtpPacket& packet);

 private:
  struct Position {
    uint32_t ssrc;
    uint16_t next;
  };
  Step accept(const RtpPacket& packet, Step step);
  // A source that goes on for a while replaces the one that fell silent.
  Step weigh(const RtpPacket& packet);

  std::optional<Position> current_;
  std::optional<Position> rival_;
  int rivalPackets_ = 0;
};

}  // namespace core
