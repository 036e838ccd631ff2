#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <optional>

namespace core {

// Turns stream media time into the RTP time of one track. Within an epoch the spacing is exactly
// the source's: a source that counted in the same clock is given back tick by tick.
class RtpClock {
 public:
  RtpClock(uint32_t rateHz, uint32_t start)
      : rateHz_(rateHz == 0 ? 90000 : rateHz), start_(start) {}

  // The next frame is the first of an epoch: ticks are counted from it.
  void anchorAt(Micros time);
  uint32_t timeOf(Micros time);

 private:
  const uint32_t rateHz_;
  uint32_t start_;  // RTP time at anchor_
  std::optional<Micros> anchor_;
};

// Which wall time a media time has in sender reports. Its spacing is what players take for the
// media's own, so that it is slewed towards what is observed, by 100 ppm at most.
class ReportClock {
 public:
  // Takes note that `media` was taken at `wall`; slews once for each report.
  void observe(Micros media, Micros wall);
  void slew();
  Micros mediaAt(Micros wall) const { return wall - offset_; }

 private:
  Micros offset_{0};  // wall - media as told
  Micros observed_{0};
  bool started_ = false;
};

}  // namespace core
