#include "core/rtp_ring.hpp"

#include <algorithm>

namespace core {

namespace {
constexpr Micros kSqueezed{100'000};
constexpr size_t kInterleaved = 4;
constexpr size_t kTimeAt = kInterleaved + 4;  // RFC 3550 section 5.1

// Moves an RTP time towards `newest` by the same share as media time.
class Squeeze {
 public:
  explicit Squeeze(Micros span) : span_(span.count()) {}

  uint32_t operator()(uint32_t time, uint32_t newest) const {
    const int64_t before = static_cast<int32_t>(newest - time);
    if (before <= 0) return time;
    return newest - static_cast<uint32_t>(before * kSqueezed.count() / span_);
  }

 private:
  int64_t span_;
};

void squeezeTime(std::span<uint8_t> packet, uint32_t newest, const Squeeze& squeeze) {
  uint8_t* at = &packet[kTimeAt];
  const uint32_t time = uint32_t{at[0]} << 24 | at[1] << 16 | at[2] << 8 | at[3];
  const uint32_t moved = squeeze(time, newest);
  for (int i = 0; i < 4; ++i) at[i] = static_cast<uint8_t>(moved >> (24 - 8 * i));
}

BlockRef squeezed(const Block& block, const std::vector<RtpRing::Lane>& lanes,
                  const Squeeze& squeeze) {
  Bytes bytes(block.bytes().begin(), block.bytes().end());
  for (std::span<uint8_t> rest = bytes; !rest.empty();) {
    const size_t size = kInterleaved + (size_t{rest[2]} << 8 | rest[3]);
    const auto lane = std::find_if(lanes.begin(), lanes.end(),
                                   [&](const RtpRing::Lane& it) { return it.channel == rest[1]; });
    if (lane != lanes.end()) squeezeTime(rest, lane->newest, squeeze);
    rest = rest.subspan(size);
  }
  return makeBlock(std::move(bytes));
}
}  // namespace

void RtpRing::add(const RtpBlock& block) {
  compressed_.clear();
  if (block.key) {
    blocks_.clear();
    bytes_ = 0;
    cut_ = false;
  } else if (cut_ || blocks_.empty()) {
    return;
  }
  blocks_.push_back(block);
  bytes_ += block.bytes->size();
  const bool tooOld = block.arrival - blocks_.front().arrival > maxAge_;
  if (bytes_ <= maxBytes_ && !tooOld) return;
  blocks_.resize(1);
  bytes_ = blocks_.front().bytes->size();
  cut_ = true;
}

Micros RtpRing::newest() const {
  Micros newest = Micros::min();
  for (const RtpBlock& block : blocks_) newest = std::max(newest, block.last);
  return newest;
}

Micros RtpRing::oldest() const {
  Micros oldest = Micros::max();
  for (const RtpBlock& block : blocks_) oldest = std::min(oldest, block.first);
  return oldest;
}

const std::deque<RtpBlock>& RtpRing::compressed(const std::vector<Lane>& lanes) {
  if (blocks_.empty() || newest() - oldest() <= kSqueezed) return blocks_;
  if (!compressed_.empty()) return compressed_;
  const Squeeze squeeze(newest() - oldest());
  for (const RtpBlock& block : blocks_) {
    RtpBlock& made = compressed_.emplace_back(block);
    made.bytes = squeezed(*block.bytes, lanes, squeeze);
    for (size_t index = 0; index < lanes.size(); ++index)
      made.starts[index].rtpTime = squeeze(made.starts[index].rtpTime, lanes[index].newest);
  }
  return compressed_;
}

}  // namespace core
