#pragma once

#include "core/av1.hpp"
#include "core/packetizer.hpp"

#include <vector>

namespace core {

// The counterpart of Av1Depacketizer: OBUs without their sizes, as many in a packet as fit.
class Av1Packetizer final : public Packetizer {
 public:
  void packetize(const Frame& frame, size_t maxBytes, PayloadList& out) override;

 private:
  // A stretch of an OBU that goes into one packet.
  struct Element {
    size_t obu = 0;
    size_t from = 0;  // counts its header
    size_t size = 0;
    bool opens = false;  // a packet begins with it
    bool goesOn = false;  // in the next packet
  };
  void split(ByteView picture);
  void lay(size_t maxBytes);
  void layObu(size_t index, size_t maxBytes);
  void write(size_t first, size_t end, bool begins, PayloadList& out) const;
  void writeElement(const Element& element, PayloadList& out) const;

  std::vector<av1::Obu> obus_;
  std::vector<Element> elements_;
  size_t room_ = 0;  // in the packet at hand
};

}  // namespace core
