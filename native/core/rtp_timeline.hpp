#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace core {

// Turns the RTP times of one source into media time in microseconds, all tracks on one scale.
// Spacing is the source's own. Tracks are placed against each other by arrival, by RTP-Info where
// that is believable, and by sender reports above all; what these say later of clocks that drift
// apart is slewed (docs/design/0012-placing-tracks-against-each-other.md). Media thread only.
class RtpTimeline {
 public:
  struct Clock {
    uint32_t rateHz;
    bool steady = false;  // its spacing is left alone where another track can be slewed: audio
  };
  struct Stamp {
    Micros time;  // media time; the first unit of the source is near 0
    bool restart;  // the time scale jumped: what follows belongs to a new epoch
  };

  explicit RtpTimeline(const std::vector<Clock>& clocks);

  Stamp stamp(size_t track, uint32_t rtpTime, Micros arrival);
  // RFC 3550 section 6.4.1: `ntp` is the sender's wall clock when its RTP clock showed `rtpTime`.
  void senderReport(size_t track, Micros ntp, uint32_t rtpTime);
  // RFC 2326 section 12.33: the track's RTP time at the moment from which all tracks are played.
  void rtpInfo(size_t track, uint32_t rtpTime);
  // Nothing that comes later can place the first units better.
  bool knowsPlaces() const;

 private:
  // A clock that several tracks have in common: its time = ticks as time + offset.
  struct Common {
    uint32_t rtpTime = 0;  // as it was told, until the track has begun
    Micros time{0};
    std::optional<Micros> offset;
  };
  using Told = std::optional<Common>;
  struct Track {
    Clock clock;
    bool started = false;
    uint32_t lastRtp = 0;
    int64_t ticks = 0;  // unwrapped since the first unit
    Micros lastTime{0};  // media time of the newest unit
    Micros lastArrival{0};
    std::optional<Micros> lastStep{};  // forward, between two units with a believable time
    Micros offset{0};  // media time = ticks as time + offset
    int repaired = 0;  // units in a row that had an unbelievable time
    Told report;  // the sender's wall clock
    Told heard;  // the newest report of it, which may be one that nothing bears out
    Told info;  // since the moment of PLAY
    bool reported = false;  // a sender report has placed it
    Micros slew{0};  // what the offset still has to move
    Micros slewed{0};  // up to which arrival that is done
    Micros suspected{0};  // how far off reports want it to be, if that is to be believed
    int suspicions = 0;  // reports in a row that say so
  };

  static Micros elapsed(const Track& track, int64_t ticks);
  static void settle(const Track& track, Told& told);
  Stamp start(Track& track, uint32_t rtpTime, Micros arrival);
  Stamp repair(Track& track, int64_t ticks, Micros arrival);
  void place(Track& track, Told Track::*common, Micros believable);
  bool align();
  bool follow(Track& track, Micros off);
  static void slew(Track& track, Micros arrival);
  static void move(Track& track, Micros off);

  std::vector<Track> tracks_;
  size_t reference_ = 0;  // the track that others are placed against
  bool reported_ = false;  // a sender report came since the last align()
  std::optional<Micros> origin_;  // arrival of the very first unit
};

}  // namespace core
