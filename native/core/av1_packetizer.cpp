#include "core/av1_packetizer.hpp"

#include <algorithm>

namespace core {

namespace {

// RTP Payload Format For AV1 section 4.4.
constexpr uint8_t kContinuesObu = 0x80;
constexpr uint8_t kObuGoesOn = 0x40;
constexpr uint8_t kFirstOfSequence = 0x08;
constexpr size_t kMaxCounted = 3;

// No packet is larger than 64 kB: that many bytes of leb128 tell a size.
constexpr size_t kSizeBytes = 3;
// A piece shorter than that is not worth its size.
constexpr size_t kLeastPiece = 8;

size_t headBytes(const av1::Obu& obu) { return obu.extension ? 2 : 1; }
size_t bytesOf(const av1::Obu& obu) { return headBytes(obu) + obu.payload.size(); }

void addSize(size_t size, PayloadList& out) {
  for (; size > 0x7f; size >>= 7) out.add({static_cast<uint8_t>(size | 0x80)});
  out.add({static_cast<uint8_t>(size)});
}

}  // namespace

void Av1Packetizer::packetize(const Frame& frame, size_t maxBytes, PayloadList& out) {
  split(frame.payload);
  lay(maxBytes);
  for (size_t first = 0; first < elements_.size();) {
    size_t end = first + 1;
    while (end < elements_.size() && !elements_[end].opens) ++end;
    write(first, end, frame.key && first == 0, out);
    first = end;
  }
  if (!elements_.empty()) out.mark();
}

void Av1Packetizer::split(ByteView picture) {
  obus_.clear();
  while (const auto obu = av1::parseObu(picture)) {
    if (!av1::isLeftOut(*obu)) obus_.push_back(*obu);
    picture = picture.subspan(obu->size);
  }
}

void Av1Packetizer::lay(size_t maxBytes) {
  elements_.clear();
  room_ = 0;
  for (size_t index = 0; index < obus_.size(); ++index) layObu(index, maxBytes);
}

void Av1Packetizer::layObu(size_t index, size_t maxBytes) {
  const size_t all = bytesOf(obus_[index]);
  for (size_t from = 0; from < all;) {
    const bool opens = room_ < kSizeBytes + std::min(all - from, kLeastPiece);
    if (opens) room_ = maxBytes - 1;
    const size_t size = std::min(all - from, room_ - kSizeBytes);
    room_ -= kSizeBytes + size;
    elements_.push_back({index, from, size, opens, from + size < all});
    from += size;
  }
}

void Av1Packetizer::write(size_t first, size_t end, bool begins, PayloadList& out) const {
  const size_t count = end - first;
  const size_t counted = count <= kMaxCounted ? count : 0;
  const auto head = static_cast<uint8_t>((elements_[first].from > 0 ? kContinuesObu : 0) |
                                         (elements_[end - 1].goesOn ? kObuGoesOn : 0) |
                                         counted << 4 | (begins ? kFirstOfSequence : 0));
  out.open();
  out.add({head});
  for (size_t index = first; index < end; ++index) {
    if (counted == 0 || index + 1 < end) addSize(elements_[index].size, out);
    writeElement(elements_[index], out);
  }
}

void Av1Packetizer::writeElement(const Element& element, PayloadList& out) const {
  const av1::Obu& obu = obus_[element.obu];
  size_t from = element.from;
  size_t left = element.size;
  if (from == 0) {
    out.add({obu.header});
    if (obu.extension) out.add({*obu.extension});
    left -= headBytes(obu);
  } else {
    from -= headBytes(obu);
  }
  out.add(obu.payload.subspan(from, left));
}

}  // namespace core
