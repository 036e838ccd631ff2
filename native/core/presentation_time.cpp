#include "core/presentation_time.hpp"

#include <algorithm>

namespace core {

namespace {
// Far more than any encoder decodes ahead of a picture that waits: bounds what is held.
constexpr size_t kMostPicturesHeld = 64;
}  // namespace

void PresentationTime::add(const PictureOrder& order, Micros dts) {
  if (order.restarts || times_.size() >= kMostPicturesHeld) finish();
  const Waiting picture{order.count, given_ + times_.size()};
  const auto isShownLater = [](const Waiting& a, const Waiting& b) { return a.count > b.count; };
  waiting_.insert(std::lower_bound(waiting_.begin(), waiting_.end(), picture, isShownLater),
                  picture);
  times_.emplace_back();
  free_.push_back(dts);
  while (waiting_.size() > order.depth) show();
}

void PresentationTime::finish() {
  while (!waiting_.empty()) show();
}

std::optional<Micros> PresentationTime::next() {
  if (times_.empty() || !times_.front()) return std::nullopt;
  const std::optional<Micros> time = times_.front();
  times_.pop_front();
  ++given_;
  return time;
}

void PresentationTime::show() {
  times_[waiting_.back().number - given_] = free_.front();
  waiting_.pop_back();
  free_.pop_front();
}

}  // namespace core
