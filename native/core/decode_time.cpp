#include "core/decode_time.hpp"

#include <algorithm>

namespace core {

namespace {
constexpr Micros kTick{20};  // more than one unit of 90 kHz: in no format are two steps one
constexpr uint32_t kMaxReorder = 16;  // H.264 annex A: MaxDpbFrames is at most 16
}  // namespace

Micros DecodeTime::next(Micros pts) {
  if (started_ && pts <= last_ && reorder_ < kMaxReorder) ++reorder_;
  recent_.insert(std::upper_bound(recent_.begin(), recent_.end(), pts), pts);
  if (recent_.size() <= reorder_) {
    // Not enough seen to know the order: start a little before what has been seen and step on.
    const Micros lead{1000 * static_cast<int64_t>(reorder_ + 1 - recent_.size())};
    last_ = started_ ? last_ + kTick : pts - lead;
    started_ = true;
    return last_;
  }
  const Micros candidate = recent_.front();
  recent_.erase(recent_.begin());
  last_ = started_ ? std::max(candidate, last_ + kTick) : candidate;
  started_ = true;
  return last_;
}

}  // namespace core
