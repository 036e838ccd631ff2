#pragma once

#include "core/packetizer.hpp"

namespace core {

// RFC 2435, with the tables of each picture in its first packet. What it cannot carry (4:4:4, grey,
// progressive, Huffman tables of its own) adds no packets.
class JpegPacketizer final : public Packetizer {
 public:
  void packetize(const Frame& frame, size_t maxBytes, PayloadList& out) override;
};

}  // namespace core
