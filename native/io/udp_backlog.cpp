#include "io/udp_backlog.hpp"

#include "core/rtp_sender.hpp"

#include <algorithm>
#include <utility>

namespace io {

namespace {
// A receive buffer of Linux, as it is unless told otherwise, holds three times as much.
constexpr double kBurstBytes = 32 * 1024;
constexpr double kMicros = 1e6;
// The sender is at it twice as often.
constexpr double kLongestPause = 10'000;
}  // namespace

UdpBacklog::UdpBacklog(std::deque<core::BlockRef> blocks, size_t bytesPerSecond)
    : bytesPerMicro_(static_cast<double>(bytesPerSecond) / kMicros),
      burst_(std::max(kBurstBytes, bytesPerMicro_ * kLongestPause)),
      allowance_(burst_),
      blocks_(std::move(blocks)) {}

bool UdpBacklog::add(core::BlockRef block) {
  std::lock_guard lock(mutex_);
  if (over_) return false;
  blocks_.push_back(std::move(block));
  return true;
}

void UdpBacklog::drop() {
  std::lock_guard lock(mutex_);
  blocks_.clear();
  over_ = true;
}

UdpBacklog::Part UdpBacklog::take(core::Micros now) {
  std::lock_guard lock(mutex_);
  if (blocks_.empty()) {
    over_ = true;
    return {};
  }
  const auto passed = static_cast<double>((now - std::exchange(last_, now)).count());
  allowance_ = std::min(burst_, allowance_ + passed * bytesPerMicro_);
  core::BlockRef block = blocks_.front();
  const core::ByteView rest = block->bytes().subspan(offset_);
  const auto [bytes, weight] = due(rest);
  allowance_ -= static_cast<double>(weight);
  offset_ += bytes;
  if (bytes == rest.size()) {
    blocks_.pop_front();
    offset_ = 0;
  }
  return {std::move(block), rest.first(bytes)};
}

bool UdpBacklog::isOver() {
  std::lock_guard lock(mutex_);
  return over_;
}

// Whole packets; the last one may be more than is allowed, and is paid later.
UdpBacklog::Due UdpBacklog::due(core::ByteView rest) const {
  Due due;
  while (due.bytes < rest.size() && static_cast<double>(due.weight) < allowance_) {
    const size_t size = size_t{rest[due.bytes + 2]} << 8 | rest[due.bytes + 3];
    due.bytes += core::kInterleavedHeader + size;
    due.weight += size + kPacketOverhead;
  }
  return due;
}

}  // namespace io
