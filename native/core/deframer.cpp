#include "core/deframer.hpp"

#include "core/rtsp_text.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace core {

namespace {

constexpr size_t kFrameHeader = 4;
constexpr size_t kMaxFrame = kFrameHeader + 0xffff;
constexpr size_t kMaxHead = 64 * 1024;
constexpr size_t kMaxMessage = 1024 * 1024;
// What of a header may hang over the bytes that are there; it is searched for again.
constexpr size_t kOverhang = 16;
// Places kept in doubt in one search: bounds its cost in garbage made for the purpose.
constexpr int kMaxDoubts = 32;

constexpr std::string_view kBegins = "$ADGOPRST";

bool isLineEnd(uint8_t byte) { return byte == '\r' || byte == '\n'; }
bool isCapital(uint8_t byte) { return byte >= 'A' && byte <= 'Z'; }

size_t frameEnd(ByteView bytes) { return kFrameHeader + (size_t{bytes[2]} << 8 | bytes[3]); }

size_t findByte(ByteView bytes, uint8_t byte, size_t from, size_t to) {
  if (from >= to) return to;
  const void* hit = std::memchr(bytes.data() + from, byte, to - from);
  return hit ? static_cast<size_t>(static_cast<const uint8_t*>(hit) - bytes.data()) : to;
}

// The next place where a frame or an answer may begin, or, with `requests`, anything.
class Candidates {
 public:
  Candidates(ByteView bytes, size_t to, bool requests)
      : bytes_(bytes), to_(to), requests_(requests) {}

  size_t next(size_t from) {
    if (requests_) return nextOfAny(from);
    if (dollar_ < from || from == 0) dollar_ = findByte(bytes_, '$', from, to_);
    if (answer_ < from || from == 0) answer_ = findByte(bytes_, 'R', from, to_);
    return std::min(dollar_, answer_);
  }

 private:
  size_t nextOfAny(size_t from) const {
    while (from < to_ && kBegins.find(static_cast<char>(bytes_[from])) == std::string_view::npos)
      ++from;
    return std::min(from, to_);
  }

  ByteView bytes_;
  size_t to_;
  bool requests_;
  size_t dollar_ = 0, answer_ = 0;
};

}  // namespace

size_t RtspDeframer::push(ByteView bytes) {
  ByteView rest = bytes;
  while (!rest.empty()) {
    const Used used = lost_ ? search(rest) : take(rest);
    if (!used) break;
    searched_ = messageEnd_ = 0;
    rest = rest.subspan(*used);
  }
  return bytes.size() - rest.size();
}

RtspDeframer::Used RtspDeframer::take(ByteView bytes) {
  if (bytes[0] == '$') return takeFrame(bytes);
  if (isCapital(bytes[0])) return takeMessage(bytes);
  if (!isLineEnd(bytes[0])) return lose(1);
  return std::find_if_not(bytes.begin(), bytes.end(), isLineEnd) - bytes.begin();
}

RtspDeframer::Used RtspDeframer::takeFrame(ByteView bytes) {
  if (bytes.size() < kFrameHeader) return std::nullopt;
  const size_t end = frameEnd(bytes);
  const size_t there = std::min(end, bytes.size());
  const size_t from = std::max<size_t>(1, searched_);
  const Found inside = find(bytes, from, there, FrameJudge::Trust::known);
  if (inside.verdict == Verdict::yes) return lose(inside.at);
  if (end <= bytes.size()) return endFrame(bytes, end, inside);
  return wait(there);
}

// The frame is there as it claims to be; what stands behind it tells whether that is true.
RtspDeframer::Used RtspDeframer::endFrame(ByteView bytes, size_t end, Found inside) {
  const ByteView frame = bytes.first(end);
  const bool mayWait = bytes.size() < kMaxFrame;
  const Verdict after = judge_.follows(bytes.subspan(end));
  if (after == Verdict::no) inside = find(bytes, 1, end, FrameJudge::Trust::anyone);
  if (after == Verdict::no && inside.verdict == Verdict::yes) return lose(inside.at);
  if (after != Verdict::yes && inside.verdict == Verdict::maybe && mayWait) return std::nullopt;
  if (after == Verdict::no && !judge_.isPacket(frame)) return lose(1);
  return deliver(frame);
}

RtspDeframer::Used RtspDeframer::deliver(ByteView frame) {
  const uint8_t channel = frame[1];
  if (!judge_.expects(channel)) {
    sink_.stray(channel);
    return frame.size();
  }
  judge_.learn(channel, frame.subspan(kFrameHeader));
  sink_.packet(channel, frame.subspan(kFrameHeader));
  return frame.size();
}

RtspDeframer::Used RtspDeframer::takeMessage(ByteView bytes) {
  if (messageEnd_ != 0) return takeBody(bytes);
  const size_t head = rtsp::headSize(bytes, searched_);
  const ByteView shown = bytes.first(head != 0 ? head : bytes.size());
  if (!rtsp::isText(shown.subspan(searched_)) || shown.size() > kMaxHead) return lose(1);
  if (rtsp::isHead(shown) == Verdict::no) return lose(1);
  const size_t from = std::max<size_t>(1, searched_);
  const Found inside = find(bytes, from, shown.size(), FrameJudge::Trust::known);
  if (inside.verdict == Verdict::yes && bytes[inside.at] == '$') return lose(inside.at);
  if (head == 0) return wait(shown.size());
  const std::optional<size_t> body = rtsp::contentLength(shown);
  if (!body || *body > kMaxMessage - head) return lose(1);
  messageEnd_ = head + *body;
  searched_ = head;
  return takeBody(bytes);
}

RtspDeframer::Used RtspDeframer::takeBody(ByteView bytes) {
  const size_t there = std::min(messageEnd_, bytes.size());
  const Found inside = find(bytes, searched_, there, FrameJudge::Trust::known);
  if (inside.verdict == Verdict::yes) return lose(inside.at);
  if (messageEnd_ > bytes.size()) return wait(there);
  sink_.text({reinterpret_cast<const char*>(bytes.data()), messageEnd_});
  return messageEnd_;
}

// For more, so much having been looked through.
RtspDeframer::Used RtspDeframer::wait(size_t there) {
  if (there > kOverhang) searched_ = std::max(searched_, there - kOverhang);
  return std::nullopt;
}

RtspDeframer::Used RtspDeframer::search(ByteView bytes) {
  const Found found = find(bytes, 0, bytes.size(), FrameJudge::Trust::anyone);
  const size_t skipped = found.verdict == Verdict::no ? bytes.size() : found.at;
  skipped_ += skipped;
  if (found.verdict == Verdict::yes) {
    lost_ = false;
    sink_.resynchronised(std::exchange(skipped_, 0));
    return skipped;
  }
  if (skipped == 0) return std::nullopt;
  return skipped;
}

RtspDeframer::Used RtspDeframer::lose(size_t bytes) {
  lost_ = true;
  wasLost_ = true;
  skipped_ += bytes;
  return bytes;
}

RtspDeframer::Found RtspDeframer::find(ByteView bytes, size_t from, size_t to,
                                       FrameJudge::Trust trust) const {
  Candidates candidates(bytes, to, trust == FrameJudge::Trust::anyone);
  Found first;
  int doubts = 0;
  for (size_t at = candidates.next(from); at < to && doubts < kMaxDoubts;
       at = candidates.next(at + 1)) {
    const Verdict verdict = judge_.begins(bytes.subspan(at), trust);
    if (verdict == Verdict::yes) return {verdict, at};
    if (verdict == Verdict::no || !mayBegin(bytes.subspan(at))) continue;
    ++doubts;
    if (first.verdict == Verdict::no) first = {verdict, at};
  }
  return first;
}

// Whether it is worth waiting for more: not for ever, and not for every single `$` at the end of
// what has come, one in 256 frames, of a peer that never cuts.
bool RtspDeframer::mayBegin(ByteView bytes) const {
  return bytes.size() < kMaxFrame && (bytes.size() > 1 || wasLost_);
}

}  // namespace core
