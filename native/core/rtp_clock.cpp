#include "core/rtp_clock.hpp"

#include <algorithm>

namespace core {

namespace {
constexpr Micros kSecond{1'000'000};
// Nearer than this nobody sees or hears the difference.
constexpr Micros kNear{20'000};
constexpr Micros kJump{1'000'000};
constexpr Micros kSlew{500};  // 100 ppm of the 5 s between two reports
}  // namespace

void RtpClock::anchorAt(Micros time) {
  start_ = timeOf(time);
  anchor_ = time;
}

uint32_t RtpClock::timeOf(Micros time) {
  if (!anchor_) anchor_ = time;
  const Micros since = time - *anchor_;
  int64_t seconds = since / kSecond;
  int64_t micros = (since % kSecond).count();
  if (micros < 0) {
    micros += kSecond.count();
    --seconds;
  }
  const int64_t ticks = (micros * rateHz_ + kSecond.count() / 2) / kSecond.count();
  return start_ + static_cast<uint32_t>(seconds * rateHz_ + ticks);
}

void ReportClock::observe(Micros media, Micros wall) {
  observed_ = wall - media;
  if (!started_) offset_ = observed_;
  started_ = true;
}

void ReportClock::slew() {
  const Micros off = observed_ - offset_;
  if (off > kJump || off < -kJump)
    offset_ = observed_;
  else if (off > kNear || off < -kNear)
    offset_ += std::clamp(off, -kSlew, kSlew);
}

}  // namespace core
