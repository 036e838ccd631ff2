#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <string_view>

namespace core {

// Splits the bytes of an RTSP connection into interleaved frames (RFC 2326 section 10.12) and RTSP
// messages, and finds the framing again when the peer cut a frame short. Does no I/O.
class RtspDeframer {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void packet(uint8_t channel, ByteView payload) = 0;
    virtual void text(std::string_view message) = 0;  // head, blank line and body
    virtual void resynchronised(size_t skippedBytes) = 0;
  };
  // Tells whether `payload` can be a whole packet of `channel`: version 2, an SSRC and payload type
  // in use, a sequence number near the last. Only asked, never obeyed blindly.
  explicit RtspDeframer(Sink& sink) : sink_(sink) {}

  // Which channels carry RTP and RTCP; frames of other channels are skipped as long as framing holds.
  void expectChannel(uint8_t channel);

  // Consumes what it can of `bytes`; returns how many bytes, the rest must come again with more behind it.
  // Never keeps a view of `bytes`. Never asks for more than 64 KiB + 4 bytes for a frame or 1 MiB for a message.
  size_t push(ByteView bytes);

 private:
  Sink& sink_;
};

}  // namespace core
