#pragma once

#include "core/output_block.hpp"

#include <cstdint>
#include <deque>
#include <vector>

namespace core {

// Where a track stands: the first packet from some block on.
struct RtpStart {
  uint16_t sequence = 0;
  uint32_t rtpTime = 0;
};

// Interleaved packets that belong together.
struct RtpBlock : OutputBlock {
  Micros first{0};  // media time of what is shown first, and last, in it
  Micros last{0};
  std::vector<RtpStart> starts;  // in the order of the output's tracks
};

// The blocks since the newest key block. Media thread only, or under a lock.
class RtpRing {
 public:
  RtpRing(size_t maxBytes, Micros maxAge) : maxBytes_(maxBytes), maxAge_(maxAge) {}

  void add(const RtpBlock& block);
  const std::deque<RtpBlock>& blocks() const { return blocks_; }
  // Media time of what is shown last.
  Micros newest() const;

  // A track, in the order of `starts`: the channel of its RTP and its time at newest().
  struct Lane {
    uint8_t channel;
    uint32_t newest;
  };
  // The blocks with times squeezed into the 100 ms before the newest: a player that gets all at
  // once is at the newest picture soon, and what comes after follows without a gap. Made once for
  // all who ask before the next block.
  const std::deque<RtpBlock>& compressed(const std::vector<Lane>& lanes);

 private:
  Micros oldest() const;

  const size_t maxBytes_;
  const Micros maxAge_;
  std::deque<RtpBlock> blocks_;
  std::deque<RtpBlock> compressed_;  // empty: not made
  size_t bytes_ = 0;
  bool cut_ = false;  // only its key block is left
};

}  // namespace core
