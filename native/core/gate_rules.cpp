#include "core/gate_rules.hpp"

#include <algorithm>
#include <utility>

namespace core::gate {

using namespace std::chrono_literals;

namespace {

// Rounding of sources; far less than a frame of anything.
constexpr Nanos kTolerance = 1ms;
// By how much a decode time is put behind the one before it.
constexpr Nanos kStep = 1us;
// How far behind the others, in media time, a track may come. Files that are badly interleaved are
// read ahead.
constexpr Nanos kLiveGrace = 2s;
constexpr Nanos kFileGrace = 10s;

Nanos presentation(const GateFrame& frame) { return frame.pts ? *frame.pts : *frame.dts; }
Nanos decoding(const GateFrame& frame) { return frame.dts ? *frame.dts : *frame.pts; }

}  // namespace

size_t GateRules::addTrack(TrackKind kind) {
  Lane lane;
  lane.kind = kind;
  lanes_.push_back(lane);
  return lanes_.size() - 1;
}

bool GateRules::hasVideo() const {
  return std::ranges::any_of(lanes_, [](const Lane& it) { return it.kind == TrackKind::video; });
}

std::optional<size_t> GateRules::leader() const {
  const auto found = std::ranges::find_if(
      lanes_, [](const Lane& it) { return it.kind == TrackKind::video && !it.ended; });
  if (found == lanes_.end()) return std::nullopt;
  return static_cast<size_t>(found - lanes_.begin());
}

Nanos GateRules::position() const {
  Nanos furthest{0};
  for (const Lane& lane : lanes_) {
    if (lane.kind == TrackKind::video && lane.started) return lane.end - lane.begin;
    furthest = std::max(furthest, lane.end - lane.begin);
  }
  return furthest;
}

void GateRules::pause() {
  paused_ = true;
  if (!live_ || std::exchange(waiting_, true)) return;
  pausePoint_ = Nanos::min();
  for (const Lane& lane : lanes_)
    if (lane.stretch == stretch_ && !lane.ended)
      pausePoint_ = std::max(pausePoint_, lane.end + lane.shift);
}

void GateRules::play() {
  if (std::exchange(paused_, false) && !waiting_) resuming_ = true;
}

bool GateRules::end(size_t track) { return !std::exchange(lanes_[track].ended, true); }

Judgement GateRules::judge(size_t track, GateFrame frame) {
  Lane& lane = lanes_[track];
  if (!frame.pts && !frame.dts) frame.pts = lane.next;
  lane.next = presentation(frame) + (frame.duration > 0ns ? frame.duration : lane.spacing);
  if (lane.ended) return refuse(Verdict::late, frame);
  if (paused_ && !live_) return hold();
  const bool isIn = !waiting_ && lane.stretch == stretch_;
  if (isIn || isDraining(lane, frame)) return pass(lane, frame);
  lane.stopped = true;
  if (waiting_) return await(track, frame);
  return mayJoin(lane, frame) ? join(lane, frame) : Judgement{};
}

// Still belongs to the stretch before the pause: all tracks end it at the same time, and pictures
// that are shown before one that has passed go with it.
bool GateRules::isDraining(const Lane& lane, const GateFrame& frame) const {
  const uint32_t stretch = waiting_ ? stretch_ : stretch_ - 1;
  if (lane.stretch == 0 || lane.stretch != stretch || lane.stopped) return false;
  return presentation(frame) < std::max(pausePoint_, lane.newest + lane.shift);
}

Judgement GateRules::await(size_t track, const GateFrame& frame) {
  Lane& lane = lanes_[track];
  const bool isVideo = lane.kind == TrackKind::video;
  const bool leads = leader().value_or(track) == track;
  if (!leads && !isVideo) return hold();
  if (paused_ || !leads) return {};
  if (isVideo && !frame.key) {
    startedClean_ = false;
    return {};
  }
  beginStretch(lane, frame);
  Judgement begun = join(lane, frame);
  resuming_ = false;
  begun.begins = begun.verdict == Verdict::pass;
  return begun;
}

void GateRules::beginStretch(const Lane& lane, const GateFrame& frame) {
  const bool untouched = stretch_ == 0 && !live_ && startedClean_;
  const Nanos early = std::min(presentation(frame), decoding(frame));
  const bool isFirst = ++stretch_ == 1;
  waiting_ = false;
  if (untouched) {
    if (decodeFromZero_) shift_ = std::min(shift_, early);
    // Below 0: an edit list begins between two key frames.
    if (lane.kind == TrackKind::video) shift_ = std::min(shift_, presentation(frame));
    return;
  }
  Nanos start = lane.end;
  if (isFirst && decodeFromZero_) start = presentation(frame) - early;
  if (!lane.started)
    for (const Lane& it : lanes_) start = std::max(start, it.end);
  from_ = presentation(frame);
  shift_ = *from_ - start;
}

bool GateRules::mayJoin(const Lane& lane, const GateFrame& frame) const {
  if (lane.kind == TrackKind::video && !frame.key) return false;
  if (!lane.started) return !from_ || presentation(frame) >= *from_;
  return presentation(frame) - shift_ >= lane.end - kTolerance;
}

Judgement GateRules::join(Lane& lane, const GateFrame& frame) {
  lane.stretch = stretch_;
  lane.shift = shift_;
  lane.opening = presentation(frame);
  lane.stopped = false;
  return pass(lane, frame);
}

Judgement GateRules::pass(Lane& lane, const GateFrame& frame) {
  const Nanos shown = presentation(frame) - lane.shift;
  const bool isVideo = lane.kind == TrackKind::video;
  // Shown before the key frame that they follow: they refer to pictures before it.
  if (isVideo && presentation(frame) < lane.opening) return {};
  // A decoder's lead-in, which has no time there.
  if (!isVideo && decodeFromZero_ && shown < 0ns) return {};
  Nanos decoded = decoding(frame) - lane.shift;
  if (!std::exchange(lane.started, true)) {
    // Audio before the beginning is not heard.
    lane.first = lane.kind == TrackKind::audio ? std::max(decoded, Nanos{0}) : decoded;
    lane.begin = lane.newest = shown;
  } else {
    if (frame.dts && decoded <= lane.last) decoded = lane.last + kStep;
    if (isBehindEnd(lane, decoded - lane.first)) {
      lane.ended = true;
      return refuse(Verdict::end, frame);
    }
    if (decoded > lane.last) lane.spacing = decoded - lane.last;
  }
  if (frame.duration > 0ns) lane.spacing = frame.duration;
  lane.last = decoded;
  lane.newest = std::max(lane.newest, shown);
  lane.end = std::max(lane.end, shown + lane.spacing);
  Judgement passes;
  passes.verdict = Verdict::pass;
  passes.shift = lane.shift;
  if (frame.dts) passes.dts = decoded;
  if (lane.kind != TrackKind::other) passes.duration = lane.spacing;
  passes.begins = std::exchange(resuming_, false);
  return passes;
}

// Where times are not exact, the frame before may have ended before its time: then one more goes.
bool GateRules::isBehindEnd(const Lane& lane, Nanos at) const {
  if (duration_ == 0ns || at < duration_) return false;
  if (lane.kind == TrackKind::other) return true;  // has gaps
  const bool isShort = lane.last + lane.spacing - lane.first < duration_ - kTolerance;
  return !isShort || at >= duration_ + lane.spacing;
}

Judgement GateRules::hold() {
  Judgement held;
  held.verdict = Verdict::hold;
  return held;
}

Judgement GateRules::refuse(Verdict verdict, const GateFrame& frame) {
  Judgement refused;
  refused.verdict = verdict;
  if (waiting_ || duration_ == 0ns) return refused;
  for (size_t i = 0; i < lanes_.size(); ++i)
    if (!lanes_[i].ended && presentation(frame) - shift_ >= patience(lanes_[i]))
      refused.overdue.push_back(i);
  return refused;
}

// How far the others get before a track that is silent is ended.
Nanos GateRules::patience(const Lane& lane) const {
  const Nanos grace = live_ ? kLiveGrace : kFileGrace;
  return lane.started ? lane.first + duration_ + grace : std::max(duration_, grace);
}

}  // namespace core::gate
