#include "core/aac_packetizer.hpp"

#include <algorithm>

namespace core {

namespace {
constexpr size_t kMaxAuSize = (1 << 13) - 1;  // AU-size has 13 bits
constexpr uint8_t kHeaderBits = 16;  // AU-size and AU-index
constexpr size_t kHeadBytes = 4;
}  // namespace

// Section 3.2.3.1: every piece of a unit tells the size of the whole.
void AacPacketizer::packetize(const Frame& frame, size_t maxBytes, PayloadList& out) {
  const size_t size = frame.payload.size();
  if (size == 0 || size > kMaxAuSize) return;
  for (ByteView rest = frame.payload; !rest.empty();) {
    const ByteView piece = rest.first(std::min(rest.size(), maxBytes - kHeadBytes));
    rest = rest.subspan(piece.size());
    out.open();
    out.add({0, kHeaderBits, static_cast<uint8_t>(size >> 5), static_cast<uint8_t>(size << 3)});
    out.add(piece);
  }
  out.mark();
}

}  // namespace core
