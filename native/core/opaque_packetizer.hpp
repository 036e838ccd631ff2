#pragma once

#include "core/packetizer.hpp"

namespace core {

// The payloads as they came, whatever their size: nobody here knows where they could be cut.
class OpaquePacketizer final : public Packetizer {
 public:
  void packetize(const Frame& frame, size_t maxBytes, PayloadList& out) override;
};

}  // namespace core
