#include "core/frame_judge.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace core {

namespace {

constexpr size_t kInterleavedBytes = 4;
constexpr size_t kRtpBytes = 12;
constexpr size_t kRtcpBytes = 8;  // up to the SSRC; a goodbye of nobody is of no use
constexpr int kSequenceWindow = 4096;
constexpr int kMaxForeign = 3;  // frames of strange channels in a row that are looked past

constexpr std::array<std::string_view, 13> kMessageBegins{
    "RTSP/1.0 ", "RTSP/2.0 ", "OPTIONS ", "ANNOUNCE ", "DESCRIBE ",      "SETUP ",        "PLAY ",
    "PAUSE ",    "TEARDOWN ", "RECORD ",  "REDIRECT ", "GET_PARAMETER ", "SET_PARAMETER "};

Verdict beginsMessage(ByteView bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const std::string_view word : kMessageBegins) {
    if (text.size() > 1 && (text[0] != word[0] || text[1] != word[1])) continue;
    if (text.starts_with(word)) return Verdict::yes;
    if (word.starts_with(text)) return Verdict::maybe;
  }
  return Verdict::no;
}

// RFC 3550 section 5.1 and 6.1, as far as `payload` goes.
bool hasShape(ChannelKind kind, size_t length, ByteView payload) {
  if (length < (kind == ChannelKind::rtp ? kRtpBytes : kRtcpBytes)) return false;
  if (!payload.empty() && payload[0] >> 6 != 2) return false;
  if (kind == ChannelKind::rtp) return true;
  if (payload.size() > 1 && (payload[1] < 200 || payload[1] > 207)) return false;
  return payload.size() < 4 || (size_t{read16(payload, 2)} + 1) * 4 <= length;
}

}  // namespace

void FrameJudge::expect(uint8_t channel, ChannelKind kind) {
  if (!expects(channel)) {
    if (channels_.size() == UINT8_MAX) return;
    channels_.emplace_back();
    index_[channel] = static_cast<uint8_t>(channels_.size());
  }
  channels_[index_[channel] - 1u] = {kind, {}};
}

const FrameJudge::Channel* FrameJudge::find(uint8_t channel) const {
  return expects(channel) ? &channels_[index_[channel] - 1u] : nullptr;
}

void FrameJudge::learn(uint8_t number, ByteView payload) {
  if (!expects(number)) return;
  Channel& channel = channels_[index_[number] - 1u];
  if (!hasShape(channel.kind, payload.size(), payload)) return;
  const bool rtp = channel.kind == ChannelKind::rtp;
  const Source source{read32(payload, rtp ? 8 : 4), read16(payload, 2), true};
  auto& [last, before] = channel.sources;
  if (last.heard && last.ssrc != source.ssrc) before = last;
  last = source;
}

Verdict FrameJudge::begins(ByteView bytes, Trust trust) const {
  if (bytes.empty()) return Verdict::maybe;
  return bytes[0] == '$' ? beginsFrame(bytes, trust) : beginsMessage(bytes);
}

Verdict FrameJudge::beginsFrame(ByteView bytes, Trust trust) const {
  if (bytes.size() < 2) return Verdict::maybe;
  const Channel* channel = find(bytes[1]);
  if (!channel) return Verdict::no;
  if (bytes.size() < kInterleavedBytes) return Verdict::maybe;
  const size_t length = read16(bytes, 2);
  const ByteView rest = bytes.subspan(kInterleavedBytes);
  if (!hasShape(channel->kind, length, rest)) return Verdict::no;
  if (rest.size() < kRtpBytes && rest.size() < length) return Verdict::maybe;
  if (trust == Trust::shape) return Verdict::yes;
  const Identity identity = identify(*channel, rest);
  if (identity == Identity::same) return Verdict::yes;
  if (identity == Identity::other && trust == Trust::known) return Verdict::no;
  if (rest.size() <= length) return Verdict::maybe;
  return follows(rest.subspan(length));
}

Verdict FrameJudge::follows(ByteView bytes, int depth) const {
  while (!bytes.empty() && (bytes[0] == '\r' || bytes[0] == '\n')) bytes = bytes.subspan(1);
  const bool foreign = bytes.size() > 1 && bytes[0] == '$' && !expects(bytes[1]);
  if (!foreign) return begins(bytes, Trust::shape);
  if (bytes.size() < kInterleavedBytes) return Verdict::maybe;
  const size_t end = kInterleavedBytes + read16(bytes, 2);
  if (end >= bytes.size() || depth >= kMaxForeign) return Verdict::maybe;
  return follows(bytes.subspan(end), depth + 1);
}

bool FrameJudge::isPacket(ByteView frame) const {
  const Channel* channel = find(frame[1]);
  const ByteView payload = frame.subspan(kInterleavedBytes);
  return channel && hasShape(channel->kind, payload.size(), payload);
}

FrameJudge::Identity FrameJudge::identify(const Channel& channel, ByteView payload) const {
  return channel.kind == ChannelKind::rtp ? identifyRtp(channel, payload)
                                          : identifyRtcp(channel, payload);
}

FrameJudge::Identity FrameJudge::identifyRtp(const Channel& channel, ByteView payload) const {
  if (!channel.sources[0].heard) return Identity::unheard;
  const uint32_t ssrc = read32(payload, 8);
  for (const Source& source : channel.sources) {
    const auto step = static_cast<int16_t>(read16(payload, 2) - source.sequence);
    if (source.heard && source.ssrc == ssrc && std::abs(step) <= kSequenceWindow)
      return Identity::same;
  }
  return Identity::other;
}

// Reports come from the sources of RTP; a channel that has had other reports knows theirs too.
FrameJudge::Identity FrameJudge::identifyRtcp(const Channel& channel, ByteView payload) const {
  const uint32_t ssrc = read32(payload, 4);
  const auto isOf = [ssrc](const Source& source) { return source.heard && source.ssrc == ssrc; };
  const auto knows = [&](const Channel& other) {
    return std::any_of(other.sources.begin(), other.sources.end(), isOf);
  };
  if (knows(channel)) return Identity::same;
  const bool isRtp = std::any_of(channels_.begin(), channels_.end(), [&](const Channel& other) {
    return other.kind == ChannelKind::rtp && knows(other);
  });
  if (isRtp) return Identity::same;
  return channel.sources[0].heard ? Identity::other : Identity::unheard;
}

}  // namespace core
