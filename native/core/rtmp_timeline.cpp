#include "core/rtmp_timeline.hpp"

namespace core {

namespace {

// design.md section 7: steps of media time and arrival that differ by more are not believed.
constexpr Micros kAbsurd{5'000'000};
constexpr int kMostRepairs = 3;
// What rounding to milliseconds may do, twice.
constexpr Micros kRounding{2'000};

Micros apart(Micros a, Micros b) { return a > b ? a - b : b - a; }

}  // namespace

RtmpTimeline::Stamp RtmpTimeline::stamp(uint32_t timestamp, Micros arrival) {
  if (!started_) {
    started_ = true;
    last_ = timestamp;
    lastArrival_ = arrival;
    return {Micros{0}, false};
  }
  // The signed difference unwraps the counter in both directions.
  const int64_t ticks = ticks_ + static_cast<int32_t>(timestamp - last_);
  const Micros time = Micros{ticks * 1000} + offset_;
  const Micros step = time - lastTime_;
  if (apart(step, Micros{0}) > kAbsurd && apart(step, arrival - lastArrival_) > kAbsurd)
    return repair(ticks, timestamp, arrival);
  repaired_ = 0;
  last_ = timestamp;
  ticks_ = ticks;
  lastTime_ = time;
  lastArrival_ = arrival;
  return {time, false};
}

RtmpTimeline::Stamp RtmpTimeline::repair(int64_t ticks, uint32_t timestamp, Micros arrival) {
  const Micros time = lastTime_ + (arrival - lastArrival_);
  if (++repaired_ < kMostRepairs) return {time, false};
  repaired_ = 0;
  last_ = timestamp;
  ticks_ = ticks;
  offset_ = time - Micros{ticks * 1000};
  lastTime_ = time;
  lastArrival_ = arrival;
  return {time, true};
}

Micros SoundSpacing::next(Micros time, uint32_t samples, uint32_t sampleRateHz) {
  if (samples == 0 || sampleRateHz == 0) return time;
  const auto expected = [&] {
    return anchor_ + Micros{static_cast<int64_t>(samples_ * 1'000'000 / sampleRateHz)};
  };
  if (!started_ || sampleRateHz != sampleRateHz_ || apart(expected(), time) > kRounding) {
    started_ = true;
    anchor_ = time;
    samples_ = 0;
    sampleRateHz_ = sampleRateHz;
  }
  const Micros spaced = expected();
  samples_ += samples;
  return spaced;
}

}  // namespace core
