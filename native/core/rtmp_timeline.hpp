#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <optional>

namespace core {

// Turns the timestamps of one RTMP publisher, milliseconds in 32 bits for all its tracks, into
// media time. Spacing is the source's own; what jumps by more than anybody can mean is repaired: a
// message or two by themselves, the third in a row begins a new scale. Media thread only.
class RtmpTimeline {
 public:
  struct Stamp {
    Micros time;  // the first one is 0
    bool restart;  // the time scale jumped: what follows belongs to a new epoch
  };
  Stamp stamp(uint32_t timestamp, Micros arrival);

 private:
  Stamp repair(int64_t ticks, uint32_t timestamp, Micros arrival);

  bool started_ = false;
  uint32_t last_ = 0;
  int64_t ticks_ = 0;  // unwrapped since the first message
  Micros offset_{0};  // media time = ticks + offset
  Micros lastTime_{0};
  Micros lastArrival_{0};
  int repaired_ = 0;  // in a row
};

// Gives the frames of one track of sound the distances that their samples have: timestamps are
// milliseconds, which frames of sound are not. Media thread only.
class SoundSpacing {
 public:
  // `samples`: of this frame.
  Micros next(Micros time, uint32_t samples, uint32_t sampleRateHz);

 private:
  bool started_ = false;
  Micros anchor_{0};
  uint64_t samples_ = 0;  // since the anchor
  uint32_t sampleRateHz_ = 0;
};

}  // namespace core
