#include "core/rtp_timeline.hpp"

#include <chrono>
#include <algorithm>
#include <utility>

namespace core {

namespace {
// design.md section 7: steps of media time and arrival that differ by more than this are not
// believed.
constexpr Micros kAbsurdStep{5'000'000};
constexpr int kRepairs = 3;
// Sender reports that place tracks further apart than this are not believed; nearer than the lower
// bound nobody sees or hears it.
constexpr Micros kBelievable{5'000'000};
constexpr Micros kNoticeable{40'000};

Micros distance(Micros a, Micros b) { return a > b ? a - b : b - a; }
}  // namespace

RtpTimeline::RtpTimeline(std::vector<uint32_t> clockRatesHz) {
  for (const uint32_t rate : clockRatesHz) {
    Track track;
    track.clockRateHz = rate == 0 ? 90000 : rate;
    tracks_.push_back(track);
  }
}

Micros RtpTimeline::elapsed(const Track& track, int64_t ticks) const {
  const int64_t rate = track.clockRateHz;
  return Micros{ticks / rate * 1'000'000 + ticks % rate * 1'000'000 / rate};
}

RtpTimeline::Stamp RtpTimeline::stamp(size_t index, uint32_t rtpTime, Micros arrival) {
  Track& track = tracks_.at(index);
  if (!track.started) return start(track, rtpTime, arrival);
  // The signed difference unwraps the 32-bit counter in both directions.
  const int64_t ticks = track.ticks + static_cast<int32_t>(rtpTime - track.lastRtp);
  const Micros time = elapsed(track, ticks) + track.offset;
  const Micros step = time - track.lastTime;
  const Micros arrived = arrival - track.lastArrival;
  if (distance(step, Micros{0}) > kAbsurdStep && distance(step, arrived) > kAbsurdStep)
    return repair(track, ticks, arrival);
  track.repaired = 0;
  track.lastRtp = rtpTime;
  track.ticks = ticks;
  track.lastArrival = arrival;
  const bool jumped = align();
  track.lastTime = elapsed(track, ticks) + track.offset;
  return {track.lastTime, jumped};
}

RtpTimeline::Stamp RtpTimeline::start(Track& track, uint32_t rtpTime, Micros arrival) {
  if (!origin_) origin_ = arrival;
  track.started = true;
  track.lastRtp = rtpTime;
  track.offset = arrival - *origin_;
  track.lastTime = track.offset;
  track.lastArrival = arrival;
  return {track.lastTime, false};
}

// A single unit hours off is placed by its arrival; the third in a row means that the source has
// begun a new count, which goes on from here.
RtpTimeline::Stamp RtpTimeline::repair(Track& track, int64_t ticks, Micros arrival) {
  const Micros time = track.lastTime + std::max(arrival - track.lastArrival, Micros{1});
  track.lastTime = time;
  track.lastArrival = arrival;
  if (++track.repaired < kRepairs) return {time, false};
  track.repaired = 0;
  track.lastRtp += static_cast<uint32_t>(ticks - track.ticks);
  track.offset = time - elapsed(track, ticks);
  track.ticks = ticks;
  track.ntpOffset.reset();
  return {time, true};
}

void RtpTimeline::senderReport(size_t index, Micros ntp, uint32_t rtpTime) {
  Track& track = tracks_.at(index);
  if (!track.started) return;
  const int64_t ticks = track.ticks + static_cast<int32_t>(rtpTime - track.lastRtp);
  track.ntpOffset = ntp - elapsed(track, ticks);
  reported_ = true;
}

// Moves every track to where its sender report puts it, relative to the first track that has one.
// True when that was a jump that somebody could notice.
bool RtpTimeline::align() {
  if (!std::exchange(reported_, false)) return false;
  const Track* reference = nullptr;
  bool jumped = false;
  for (Track& track : tracks_) {
    if (!track.ntpOffset) continue;
    if (reference == nullptr) {
      reference = &track;
      continue;
    }
    const Micros wanted = reference->offset + *track.ntpOffset - *reference->ntpOffset;
    const Micros off = distance(wanted, track.offset);
    if (off < kNoticeable || off > kBelievable) continue;
    track.lastTime += wanted - track.offset;
    track.offset = wanted;
    jumped = true;
  }
  return jumped;
}

}  // namespace core
