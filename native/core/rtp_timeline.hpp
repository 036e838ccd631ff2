#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace core {

// Turns the RTP times of one source into media time in microseconds, all tracks on one scale.
// Spacing is the source's own; tracks are placed against each other by arrival at first and by
// sender reports once these are believable. Media thread only.
class RtpTimeline {
 public:
  struct Stamp {
    Micros time;  // media time; the first unit of the source is near 0
    bool restart;  // the time scale jumped: what follows belongs to a new epoch
  };

  explicit RtpTimeline(std::vector<uint32_t> clockRatesHz);

  Stamp stamp(size_t track, uint32_t rtpTime, Micros arrival);
  // RFC 3550 section 6.4.1: `ntp` is the sender's wall clock when its RTP clock showed `rtpTime`.
  void senderReport(size_t track, Micros ntp, uint32_t rtpTime);

 private:
  struct Track {
    uint32_t clockRateHz;
    bool started = false;
    uint32_t lastRtp = 0;
    int64_t ticks = 0;  // unwrapped since the first unit
    Micros lastTime{0};  // media time of the newest unit
    Micros lastArrival{0};
    Micros offset{0};  // media time = ticks as time + offset
    int repaired = 0;  // units in a row that had an unbelievable time
    std::optional<Micros> ntpOffset;  // sender's wall clock - media time without offset
  };

  Micros elapsed(const Track& track, int64_t ticks) const;
  Stamp start(Track& track, uint32_t rtpTime, Micros arrival);
  Stamp repair(Track& track, int64_t ticks, Micros arrival);
  bool align();

  std::vector<Track> tracks_;
  bool reported_ = false;  // a sender report came since the last align()
  std::optional<Micros> origin_;  // arrival of the very first unit
};

}  // namespace core
