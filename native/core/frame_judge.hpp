#pragma once

#include "core/bytes.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace core {

enum class ChannelKind : uint8_t { rtp, rtcp };

enum class Verdict : uint8_t {
  no,
  maybe,  // too few bytes are there to tell
  yes,
};

// Judges whether an interleaved frame or an RTSP message begins at a place, by what is known of the
// channels: kind, sources (SSRC), sequence numbers. Media thread only.
class FrameJudge {
 public:
  enum class Trust : uint8_t {
    known,  // only sources that have been heard, or channels that have not been heard at all
    anyone,  // new sources too; new ones only when what follows their frame fits
    shape,  // whatever looks like a packet: for places where a frame must begin
  };

  // Forgets what was known of the channel.
  void expect(uint8_t channel, ChannelKind kind);
  bool expects(uint8_t channel) const { return index_[channel] != 0; }

  // Notes the source of a packet that came on an expected channel.
  void learn(uint8_t channel, ByteView payload);

  // Whether an expected frame or a message begins with the first byte of `bytes`.
  Verdict begins(ByteView bytes, Trust trust) const;

  // Whether `bytes` can stand where a frame has ended: nothing, line ends, or the begin of a frame
  // (even of a channel that nobody expects) or message.
  Verdict follows(ByteView bytes, int depth = 0) const;

  // Whether the whole frame carries what can be a packet of an expected channel.
  bool isPacket(ByteView frame) const;

 private:
  struct Source {
    uint32_t ssrc = 0;
    uint16_t sequence = 0;
    bool heard = false;
  };
  struct Channel {
    ChannelKind kind = ChannelKind::rtp;
    // The last two: another session's packets may come in between.
    std::array<Source, 2> sources;
  };
  enum class Identity : uint8_t { unheard, other, same };

  const Channel* find(uint8_t channel) const;
  Verdict beginsFrame(ByteView bytes, Trust trust) const;
  Identity identify(const Channel& channel, ByteView payload) const;
  Identity identifyRtp(const Channel& channel, ByteView payload) const;
  Identity identifyRtcp(const Channel& channel, ByteView payload) const;

  std::array<uint8_t, 256> index_{};  // of the channel + 1, 0 = not expected
  std::vector<Channel> channels_;
};

}  // namespace core
