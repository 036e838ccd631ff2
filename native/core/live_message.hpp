#pragma once

#include "core/bytes.hpp"

#include <cstddef>
#include <cstdint>

// The binary messages of the live protocol (docs/reference/live-protocol.md), each a whole message
// of WebSocket.
namespace core::live {

enum class Type : uint8_t {
  init = 1,  // its MIME type behind a length of two bytes, then ftyp and moov
  media = 2,  // moof and mdat
};

enum Flag : uint8_t { kKey = 1, kDroppable = 2, kDiscontinuity = 4 };

struct Header {
  Type type = Type::media;
  uint8_t flags = 0;
  uint8_t track = 0;
  uint32_t sequence = 0;
  Micros presentation{0};
  Micros capture{0};  // of the server's clock
};

constexpr size_t kHeaderBytes = 24;

// How long a message is with all that stands before its payload.
size_t sizeOf(size_t payloadBytes);

// Appends all of a message that stands before its payload: the head of an unmasked, final, binary
// WebSocket frame (RFC 6455 section 5.2), and the header.
void appendHead(const Header& header, size_t payloadBytes, Bytes& out);

}  // namespace core::live
