#pragma once

#include "core/bytes.hpp"
#include "core/result.hpp"

#include <cstdint>

namespace core {

// RFC 3550 section 5.1. Payload and extension point into the parsed bytes; padding is cut off.
struct RtpPacket {
  uint8_t payloadType = 0;
  bool marker = false;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  uint32_t ssrc = 0;
  uint16_t extensionProfile = 0;  // what the extension says of itself (section 5.3.1)
  ByteView extension{};  // behind its length; empty: there is none
  ByteView payload{};
};

// Fails on a version other than 2, and on lengths (CSRC, extension, padding) that pass the end.
Result<RtpPacket> parseRtp(ByteView bytes);

}  // namespace core
