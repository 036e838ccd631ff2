#pragma once

#include "core/packetizer.hpp"

namespace core {

// RFC 3640 section 3.3.6, AAC-hbr: one access unit a packet, which every player understands;
// several would only spare headers, since they travel in one block anyway. Larger ones come in
// pieces.
class AacPacketizer final : public Packetizer {
 public:
  void packetize(const Frame& frame, size_t maxBytes, PayloadList& out) override;
};

}  // namespace core
