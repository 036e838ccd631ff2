#include "core/fmp4_interleaver.hpp"

#include "core/fmp4.hpp"

#include <algorithm>
#include <utility>

namespace core::fmp4 {

namespace {

// Of media time: so much later than the others may a track come.
constexpr Micros kWait{200'000};
// A greater step of the leading track is a jump and not a long frame.
constexpr Micros kMaxStep{30'000'000};
// A frame that goes back further is a jump and not out of order.
constexpr Micros kMaxBackstep{1'000'000};
constexpr Micros kMaxUsual{1'000'000};
// 285 years: sums of times stay far from the end of 64 bits.
constexpr Micros kMaxTime{int64_t{1} << 53};
// Above these times are wrong: no track comes up to the others.
constexpr size_t kMaxQueued = 8192;
constexpr size_t kMaxQueuedBytes = 64'000'000;

// tfdt has no sign, and stream time begins after 0.
bool isSane(const Frame& frame) {
  return frame.dts >= Micros{0} && std::max(frame.dts, frame.pts) < kMaxTime &&
         frame.pts > -kMaxTime;
}

}  // namespace

void Interleaver::begin(const Epoch& epoch) {
  lines_.assign(epoch.tracks.size(), {});
  std::optional<size_t> video, any;
  for (size_t i = 0; i < lines_.size(); ++i) {
    const Track& track = epoch.tracks[i];
    Line& line = lines_[i];
    line.carried = takesPart(epoch, i);
    if (!line.carried) continue;
    line.video = isParsedVideo(track);
    line.skipping = line.video;
    line.usual = fmp4::usualDuration(track);
    if (!any) any = i;
    if (line.video && !video) video = i;
  }
  lead_ = video.value_or(any.value_or(0));
  newest_ = Micros{0};
  queued_ = queuedBytes_ = 0;
}

Interleaver::Push Interleaver::push(const FrameRef& frame) {
  if (frame->track >= lines_.size() || !lines_[frame->track].carried) return Push::dropped;
  if (!isSane(*frame)) return Push::dropped;
  Line& line = lines_[frame->track];
  const Push verdict = judge(line, *frame);
  if (verdict == Push::dropped && line.video) line.skipping = true;
  if (verdict != Push::taken) return verdict;
  if (line.last) {
    const Micros step = frame->dts - *line.last;
    if (step < kMaxUsual) line.usual += (step - line.usual) / 8;
  }
  line.skipping = line.silent = false;
  line.last = frame->dts;
  line.frames.push_back(frame);
  newest_ = std::max(newest_, frame->dts);
  ++queued_;
  queuedBytes_ += frame->payload.size();
  return verdict;
}

Interleaver::Push Interleaver::judge(Line& line, const Frame& frame) const {
  if (frame.discontinuity && line.last) return Push::jump;
  if (frame.damaged && line.video) return Push::dropped;
  if (line.skipping && !frame.key) return Push::dropped;
  if (queued_ >= kMaxQueued || queuedBytes_ > kMaxQueuedBytes) return Push::jump;
  if (!line.last) return Push::taken;
  const Micros step = frame.dts - *line.last;
  if (step <= Micros{0}) return step < -kMaxBackstep ? Push::jump : Push::dropped;
  const bool isLead = &line == &lines_[lead_];
  const bool ahead = isLead || frame.dts - newest_ > kMaxStep;
  return step > kMaxStep && ahead ? Push::jump : Push::taken;
}

std::optional<Interleaver::Head> Interleaver::head(bool last) {
  const Line* first = nullptr;
  for (size_t i = 0; i < lines_.size(); ++i) {
    const Line& line = lines_[i];
    if (line.frames.empty()) continue;
    const bool earlier = first == nullptr || line.frames[0]->dts < first->frames[0]->dts;
    const bool tie = first != nullptr && line.frames[0]->dts == first->frames[0]->dts;
    if (!earlier && !(tie && i == lead_)) continue;
    first = &line;
    next_ = i;
  }
  if (first == nullptr) return std::nullopt;
  const FrameRef& frame = first->frames.front();
  if (!last && mayComeEarlier(*frame)) return std::nullopt;
  const bool lead = next_ == lead_;
  const std::optional<Micros> length = duration(*first, last);
  // Only frames of the leading track decide anything before their duration is known.
  if (!length && !lead) return std::nullopt;
  return Head{frame, lead, length};
}

// Whether a track from which nothing waits may still have an earlier frame on its way.
bool Interleaver::mayComeEarlier(const Frame& frame) {
  const bool waited = newest_ - frame.dts > kWait;
  for (Line& line : lines_) {
    if (!line.carried || line.silent || !line.frames.empty()) continue;
    if (!waited) return true;
    line.silent = true;
  }
  return false;
}

std::optional<Micros> Interleaver::duration(const Line& line, bool last) const {
  const Micros dts = line.frames.front()->dts;
  if (line.frames.size() > 1) return line.frames[1]->dts - dts;
  const bool isLead = &line == &lines_[lead_];
  const bool waited = !isLead && newest_ - dts > line.usual + kWait;
  if (last || waited) return line.usual;
  return std::nullopt;
}

void Interleaver::pop() {
  Line& line = lines_[next_];
  --queued_;
  queuedBytes_ -= line.frames.front()->payload.size();
  line.frames.pop_front();
}

}  // namespace core::fmp4
