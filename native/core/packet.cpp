#include "core/packet.hpp"

namespace core {

namespace {

constexpr size_t kFixedHeader = 12;

bool hasExtension(ByteView bytes) { return bytes[0] & 0x10; }

// Fixed header and CSRC list.
size_t extensionOffset(ByteView bytes) { return kFixedHeader + (bytes[0] & 0x0f) * 4; }

// With the extension; more bytes than there are when they are cut short.
size_t headerSize(ByteView bytes) {
  const size_t size = extensionOffset(bytes);
  if (!hasExtension(bytes)) return size;
  if (size + 4 > bytes.size()) return size + 4;
  return size + 4 + size_t{read16(bytes, size + 2)} * 4;
}

}  // namespace

Result<RtpPacket> parseRtp(ByteView bytes) {
  if (bytes.size() < kFixedHeader) return Reason{"expected 12 bytes of RTP header"};
  if (bytes[0] >> 6 != 2) return Reason{"expected RTP version 2"};
  const size_t header = headerSize(bytes);
  if (header > bytes.size()) return Reason{"header passes the end of the packet"};
  const bool padded = bytes[0] & 0x20;
  const size_t padding = padded && header < bytes.size() ? bytes.back() : 0;
  if (header + padding > bytes.size()) return Reason{"padding passes the end of the packet"};
  RtpPacket packet;
  packet.marker = bytes[1] & 0x80;
  packet.payloadType = bytes[1] & 0x7f;
  packet.sequence = read16(bytes, 2);
  packet.timestamp = read32(bytes, 4);
  packet.ssrc = read32(bytes, 8);
  if (hasExtension(bytes)) {
    const size_t extension = extensionOffset(bytes);
    packet.extensionProfile = read16(bytes, extension);
    packet.extension = bytes.subspan(extension + 4, header - extension - 4);
  }
  packet.payload = bytes.subspan(header, bytes.size() - header - padding);
  return packet;
}

}  // namespace core
