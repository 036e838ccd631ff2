#pragma once

#include "core/bytes.hpp"
#include "core/packet.hpp"
#include "core/rtp_sender.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace core {

// One `$` frame of an interleaved block.
struct Interleaved {
  uint8_t channel;
  ByteView bytes;
};

inline std::vector<Interleaved> framesOf(ByteView block) {
  std::vector<Interleaved> frames;
  while (!block.empty()) {
    if (block.size() < kInterleavedHeader || block[0] != '$') {
      ADD_FAILURE() << "no frame at its place";
      break;
    }
    const size_t size = size_t{block[2]} << 8 | block[3];
    frames.push_back({block[1], block.subspan(kInterleavedHeader, size)});
    block = block.subspan(kInterleavedHeader + size);
  }
  return frames;
}

// The RTP packets on one channel of a block; they point into it.
inline std::vector<RtpPacket> packetsOf(ByteView block, uint8_t channel) {
  std::vector<RtpPacket> packets;
  for (const Interleaved& frame : framesOf(block))
    if (frame.channel == channel) packets.push_back(*parseRtp(frame.bytes));
  return packets;
}

}  // namespace core
