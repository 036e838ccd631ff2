#pragma once

#include "core/frame.hpp"
#include "core/payload_list.hpp"
#include "core/track.hpp"

#include <memory>

namespace core {

// Frames of one track in, RTP payloads out: the counterpart of Depacketizer. Media thread only.
class Packetizer {
 public:
  virtual ~Packetizer() = default;
  // Adds the packets of `frame`, none with more than `maxBytes` of payload (at least 64). Views of
  // the frame and of the packetizer are kept in `out`. A frame that the format cannot carry adds
  // none.
  virtual void packetize(const Frame& frame, size_t maxBytes, PayloadList& out) = 0;
};

// For the track of one epoch, whose parameters it may send along.
std::unique_ptr<Packetizer> makePacketizer(const Track& track);

}  // namespace core
