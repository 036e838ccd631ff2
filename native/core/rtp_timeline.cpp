#include "core/rtp_timeline.hpp"

#include <algorithm>
#include <utility>

namespace core {

namespace {
// design.md section 7: steps of media time and arrival that differ by more than this are not
// believed.
constexpr Micros kAbsurdStep{5'000'000};
constexpr int kRepairs = 3;
// What places tracks further from their arrival than this is not believed. RTP-Info is wrong on
// many cameras, and then by anything.
constexpr Micros kBelievableReport{5'000'000};
constexpr Micros kBelievableInfo{3'000'000};
// Nearer nobody sees or hears it: reports and arrivals are not exact either.
constexpr Micros kUnheard{20'000};
constexpr Micros kNoticeable{40'000};
// Drift is slewed. What is further off than clocks can drift between two reports is a jump, once
// so many reports in a row have said the same.
constexpr Micros kLongStep{200'000};
constexpr int kSuspicions = 3;
constexpr int64_t kSlewOneIn = 5'000;  // 200 ppm: what drifts by 100 is caught up with
constexpr Micros kLongestStep{1'000'000};
// Two reports of one track that differ by more: its clock was set, or shows anything.
constexpr Micros kClockStep{1'000'000};

Micros distance(Micros a, Micros b) { return a > b ? a - b : b - a; }
}  // namespace

RtpTimeline::RtpTimeline(const std::vector<Clock>& clocks) {
  for (Clock clock : clocks) {
    if (clock.rateHz == 0) clock.rateHz = 90000;
    Track track{};
    track.clock = clock;
    tracks_.push_back(track);
  }
  const auto steady = std::find_if(tracks_.begin(), tracks_.end(),
                                   [](const Track& track) { return track.clock.steady; });
  if (steady != tracks_.end()) reference_ = static_cast<size_t>(steady - tracks_.begin());
}

Micros RtpTimeline::elapsed(const Track& track, int64_t ticks) {
  const int64_t rate = track.clock.rateHz;
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
  if (step > Micros{0}) track.lastStep = step;
  track.lastRtp = rtpTime;
  track.ticks = ticks;
  track.lastArrival = arrival;
  const bool jumped = align();
  slew(track, arrival);
  track.lastTime = elapsed(track, ticks) + track.offset;
  return {track.lastTime, jumped};
}

RtpTimeline::Stamp RtpTimeline::start(Track& track, uint32_t rtpTime, Micros arrival) {
  if (!origin_) origin_ = arrival;
  track.started = true;
  track.lastRtp = rtpTime;
  track.offset = arrival - *origin_;
  settle(track, track.report);
  settle(track, track.info);
  track.heard = track.report;
  place(track, &Track::info, kBelievableInfo);
  place(track, &Track::report, kBelievableReport);
  track.lastTime = track.offset;
  track.lastArrival = arrival;
  return {track.lastTime, false};
}

void RtpTimeline::settle(const Track& track, Told& told) {
  if (!told) return;
  const int64_t ticks = track.ticks + static_cast<int32_t>(told->rtpTime - track.lastRtp);
  told->offset = told->time - elapsed(track, ticks);
}

// The first unit of a track: where another one that has begun puts it by a clock of both.
void RtpTimeline::place(Track& track, Told Track::*common, Micros believable) {
  if (!(track.*common)) return;
  for (const Track& other : tracks_) {
    if (&other == &track || !other.started || !(other.*common)) continue;
    const Micros wanted = other.offset + *(track.*common)->offset - *(other.*common)->offset;
    if (distance(wanted, track.offset) > believable) continue;
    track.offset = wanted;
    return;
  }
}

// A single unit hours off is placed where the one before leads to expect it; the third in a row
// means that the source has begun a new count, which goes on from here.
RtpTimeline::Stamp RtpTimeline::repair(Track& track, int64_t ticks, Micros arrival) {
  const Micros arrived = std::max(arrival - track.lastArrival, Micros{1});
  const Micros time = track.lastTime + track.lastStep.value_or(arrived);
  track.lastTime = time;
  track.lastArrival = arrival;
  if (++track.repaired < kRepairs) return {time, false};
  track.repaired = 0;
  track.lastRtp += static_cast<uint32_t>(ticks - track.ticks);
  track.offset = time - elapsed(track, ticks);
  track.ticks = ticks;
  track.report.reset();
  track.heard.reset();
  track.reported = false;
  track.slew = Micros{0};
  return {time, true};
}

void RtpTimeline::senderReport(size_t index, Micros ntp, uint32_t rtpTime) {
  if (ntp == Micros{0}) return;  // it has no clock
  Track& track = tracks_.at(index);
  const Told told = Common{rtpTime, ntp, {}};
  if (!track.started) {
    track.report = told;
    return;
  }
  const Told before = std::exchange(track.heard, told);
  settle(track, track.heard);
  if (before && distance(*before->offset, *track.heard->offset) > kClockStep) return;
  track.report = track.heard;
  reported_ = true;
}

void RtpTimeline::rtpInfo(size_t index, uint32_t rtpTime) {
  Track& track = tracks_.at(index);
  if (!track.started) track.info = Common{rtpTime, Micros{0}, {}};
}

bool RtpTimeline::knowsPlaces() const {
  const auto all = [this](const auto& holds) {
    return std::all_of(tracks_.begin(), tracks_.end(), holds);
  };
  return tracks_.size() < 2 || all([](const Track& track) { return track.info.has_value(); }) ||
         all([](const Track& track) { return track.report.has_value(); });
}

// Compares where every track is with where its sender reports put it, seen from the reference. True
// when one of them jumped by what somebody could notice.
bool RtpTimeline::align() {
  if (!std::exchange(reported_, false)) return false;
  const Track& reference = tracks_[reference_].report ? tracks_[reference_] : tracks_.front();
  if (!reference.started || !reference.report) return false;
  bool jumped = false;
  for (Track& track : tracks_) {
    if (&track == &reference || !track.started || !track.report) continue;
    const Micros wanted = reference.offset + *track.report->offset - *reference.report->offset;
    jumped |= follow(track, wanted - track.offset);
  }
  return jumped;
}

bool RtpTimeline::follow(Track& track, Micros off) {
  const Micros size = distance(off, Micros{0});
  if (size > kBelievableReport) return false;
  const bool first = !std::exchange(track.reported, true);
  if (size < kUnheard) {
    track.slew = Micros{0};
    track.suspicions = 0;
    return false;
  }
  if (size <= (first ? kNoticeable : kLongStep)) {
    track.slew = off;
    track.suspicions = 0;
    return false;
  }
  const bool same = distance(off, std::exchange(track.suspected, off)) <= kNoticeable;
  track.suspicions = same ? track.suspicions + 1 : 1;
  if (!first && track.suspicions < kSuspicions) return false;
  track.suspicions = 0;
  track.slew = Micros{0};
  move(track, off);
  return true;
}

void RtpTimeline::slew(Track& track, Micros arrival) {
  const bool due = track.slew != Micros{0};
  track.slewed = due ? std::clamp(track.slewed, arrival - kLongestStep, arrival) : arrival;
  const Micros most = (arrival - track.slewed) / kSlewOneIn;
  const Micros piece = std::clamp(track.slew, -most, most);
  track.slewed += most * kSlewOneIn;
  track.slew -= piece;
  move(track, piece);
}

void RtpTimeline::move(Track& track, Micros off) {
  track.offset += off;
  track.lastTime += off;
}

}  // namespace core
