#pragma once

#include "core/bytes.hpp"
#include "core/frame_judge.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace core {

// Splits the bytes of an RTSP connection into interleaved frames (RFC 2326 section 10.12) and RTSP
// messages, and finds the framing again when the peer cut a frame short. Does no I/O.
//
// Cameras whose send buffer is full leave out the rest of a frame and go on with the next one. So
// every frame is searched for the header of another, known by its source and sequence number: then
// it was cut, and the search goes on there. Of frames that end where nothing can begin, and of
// garbage, only that is used which fits what is known of the channels or is followed by more that
// fits.
class RtspDeframer {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void packet(uint8_t channel, ByteView payload) = 0;
    virtual void text(std::string_view message) = 0;  // head, blank line and body
    virtual void resynchronised(size_t skippedBytes) = 0;
    virtual void stray(uint8_t) {}  // a frame of a channel that is not expected
  };
  explicit RtspDeframer(Sink& sink) : sink_(sink) {}

  // Which channels carry RTP and RTCP; frames of other channels are skipped as long as framing
  // holds.
  void expectChannel(uint8_t channel, ChannelKind kind) { judge_.expect(channel, kind); }

  // Consumes what it can of `bytes`; returns how many bytes, the rest must come again with more
  // behind it. Never keeps a view of `bytes`. Never asks for more than 64 KiB + 4 bytes for a frame
  // or 1 MiB for a message.
  size_t push(ByteView bytes);

 private:
  // How many bytes were used up; unset: more must come first.
  using Used = std::optional<size_t>;
  struct Found {
    Verdict verdict = Verdict::no;
    size_t at = 0;
  };

  Used take(ByteView bytes);
  Used takeFrame(ByteView bytes);
  Used endFrame(ByteView bytes, size_t end, Found inside);
  Used deliver(ByteView frame);
  Used takeMessage(ByteView bytes);
  Used takeBody(ByteView bytes);
  Used wait(size_t there);
  Used search(ByteView bytes);
  Used lose(size_t bytes);

  // The first place at or after `from` and before `to` where something begins for certain, else the
  // first where it might.
  Found find(ByteView bytes, size_t from, size_t to, FrameJudge::Trust trust) const;
  bool mayBegin(ByteView bytes) const;

  Sink& sink_;
  FrameJudge judge_;
  bool lost_ = false;
  bool wasLost_ = false;  // once, ever
  size_t skipped_ = 0;
  size_t searched_ = 0;  // bytes of the frame or message at hand that have been searched already
  size_t messageEnd_ = 0;  // of the message at hand, once its head is there
};

}  // namespace core
