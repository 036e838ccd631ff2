#include "core/live_message.hpp"

namespace core::live {

namespace {

constexpr uint8_t kFinalBinary = 0x82;
constexpr uint8_t kLength16 = 126;
constexpr uint8_t kLength64 = 127;

size_t lengthBytes(size_t size) {
  if (size < kLength16) return 0;
  return size <= UINT16_MAX ? 2 : 8;
}

void append64(uint64_t value, Bytes& out) {
  append32(static_cast<uint32_t>(value >> 32), out);
  append32(static_cast<uint32_t>(value), out);
}

void appendLength(size_t size, Bytes& out) {
  switch (lengthBytes(size)) {
    case 0:
      return out.push_back(static_cast<uint8_t>(size));
    case 2:
      out.push_back(kLength16);
      return append16(size, out);
    default:
      out.push_back(kLength64);
      return append64(size, out);
  }
}

}  // namespace

size_t sizeOf(size_t payloadBytes) {
  const size_t size = kHeaderBytes + payloadBytes;
  return 2 + lengthBytes(size) + size;
}

void appendHead(const Header& header, size_t payloadBytes, Bytes& out) {
  out.push_back(kFinalBinary);
  appendLength(kHeaderBytes + payloadBytes, out);
  out.push_back(static_cast<uint8_t>(header.type));
  out.push_back(header.flags);
  out.push_back(header.track);
  out.push_back(0);
  append32(header.sequence, out);
  append64(static_cast<uint64_t>(header.presentation.count()), out);
  append64(static_cast<uint64_t>(header.capture.count()), out);
}

}  // namespace core::live
