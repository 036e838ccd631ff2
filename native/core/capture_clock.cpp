#include "core/capture_clock.hpp"

#include <algorithm>

namespace core {

namespace {
constexpr Micros kBurst{2'000'000};
// An offset grows again by one part in so many, 200 ppm, so that a slower clock of the camera is
// followed.
constexpr int64_t kCreepOneIn = 5'000;
}  // namespace

Micros CaptureClock::observe(Micros mediaTime, Micros arrival) {
  const Micros offset = arrival - mediaTime;
  if (!start_) {
    start_ = crept_ = arrival;
    offset_ = offset;
  } else if (!settled_ && arrival - *start_ > kBurst) {
    settled_ = true;
    crept_ = arrival;
    offset_ = offset;
  } else {
    const Micros creep = std::max((arrival - crept_) / kCreepOneIn, Micros{0});
    crept_ += creep * kCreepOneIn;
    offset_ = std::min(offset, offset_ + creep);
  }
  return mediaTime + offset_;
}

void CaptureClock::reset() { *this = CaptureClock(); }

}  // namespace core
