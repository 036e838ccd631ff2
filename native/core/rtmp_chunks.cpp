#include "core/rtmp_chunks.hpp"

#include <algorithm>

namespace core::rtmp {

namespace {

constexpr size_t kFullHeader = 12;
constexpr size_t kExtendedTime = 4;
constexpr uint8_t kContinues = 3 << 6;

void append(uint32_t value, int bytes, Bytes& out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<uint8_t>(value >> shift));
}

// The one field that has its lowest byte first.
void appendStream(uint32_t stream, Bytes& out) {
  for (const int shift : {0, 8, 16, 24}) out.push_back(static_cast<uint8_t>(stream >> shift));
}

void appendTime(uint32_t timestamp, Bytes& out) {
  if (timestamp >= kExtended) append(timestamp, kExtendedTime, out);
}

}  // namespace

size_t ChunkWriter::sizeOf(size_t payload) const {
  const size_t more = payload == 0 ? 0 : (payload - 1) / chunkBytes_;
  return kFullHeader + kExtendedTime + payload + more * (1 + kExtendedTime);
}

void ChunkWriter::append(const MessageHead& head, uint8_t chunkStream,
                         std::initializer_list<ByteView> parts, Bytes& out) const {
  size_t size = 0;
  for (const ByteView part : parts) size += part.size();
  out.push_back(chunkStream);
  rtmp::append(std::min(head.timestamp, kExtended), 3, out);
  rtmp::append(static_cast<uint32_t>(size), 3, out);
  out.push_back(head.type);
  appendStream(head.stream, out);
  appendTime(head.timestamp, out);
  size_t room = chunkBytes_;
  for (ByteView part : parts) {
    while (!part.empty()) {
      if (room == 0) {
        out.push_back(kContinues | chunkStream);
        appendTime(head.timestamp, out);
        room = chunkBytes_;
      }
      const ByteView taken = part.first(std::min(room, part.size()));
      out.insert(out.end(), taken.begin(), taken.end());
      part = part.subspan(taken.size());
      room -= taken.size();
    }
  }
}

}  // namespace core::rtmp
