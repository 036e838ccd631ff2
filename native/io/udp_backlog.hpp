#pragma once

#include "core/bytes.hpp"

#include <cstddef>
#include <deque>
#include <mutex>

namespace io {

// What a packet takes of a receive buffer beside its bytes: Linux counts the memory that it lies
// in, so that many small ones fill a buffer as few large ones do.
constexpr size_t kPacketOverhead = 512;

// What one reader gets at a pace of its own before it keeps step with the others: the ring, and
// what is made meanwhile. All at once would be more than receive buffers hold.
class UdpBacklog {
 public:
  // Bytes with the overhead of each packet.
  UdpBacklog(std::deque<core::BlockRef> blocks, size_t bytesPerSecond);

  // Any thread. False: it is over, and this block goes to the reader as to all others.
  bool add(core::BlockRef block);
  // Any thread: the reader is gone.
  void drop();

  // Packets of one block.
  struct Part {
    core::BlockRef block;
    core::ByteView packets;
  };
  // Sender thread. What shall leave at `now`, to be asked for until nothing is left.
  Part take(core::Micros now);
  bool isOver();

 private:
  struct Due {
    size_t bytes = 0;
    size_t weight = 0;  // with the overhead of each packet
  };
  Due due(core::ByteView rest) const;

  const double bytesPerMicro_;
  const double burst_;  // in bytes
  double allowance_;
  core::Micros last_{0};
  size_t offset_ = 0;  // in the first block

  std::mutex mutex_;  // guards what follows
  std::deque<core::BlockRef> blocks_;
  bool over_ = false;
};

}  // namespace io
