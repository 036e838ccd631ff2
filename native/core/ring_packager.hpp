#pragma once

#include "core/output.hpp"
#include "core/rtp_ring.hpp"

#include <deque>
#include <functional>

namespace core {

// Packages a stream once for all readers who want it the same way, and keeps the ring of what it
// made. Media thread only, or under a lock.
class RingPackager : public Output {
 public:
  struct Sink {
    std::function<void(const RtpBlock&)> block;
    std::function<void()> ended;  // once; nothing follows
  };

  virtual const std::deque<RtpBlock>& ring() const = 0;
  virtual const std::deque<RtpBlock>& compressedRing() = 0;
  // What a reader is told before its first block; nullptr before there is one.
  virtual BlockRef report(Micros now) = 0;
};

}  // namespace core
