#include "core/capture_clock.hpp"

#include <algorithm>

namespace core {

namespace {
constexpr Micros kBurst{2'000'000};
// An offset grows again by this much a frame, so that a slower clock of the camera is followed:
// 4 us at 25 frames a second are 100 ppm.
constexpr Micros kCreep{4};
}  // namespace

Micros CaptureClock::observe(Micros mediaTime, Micros arrival) {
  const Micros offset = arrival - mediaTime;
  if (!start_) {
    start_ = arrival;
    offset_ = offset;
  } else if (!settled_ && arrival - *start_ > kBurst) {
    settled_ = true;
    offset_ = offset;
  } else {
    offset_ = std::min(offset, offset_ + kCreep);
  }
  return mediaTime + offset_;
}

void CaptureClock::reset() { *this = CaptureClock(); }

}  // namespace core
