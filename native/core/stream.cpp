#include "core/stream.hpp"

#include <algorithm>
#include <utility>

namespace core {

namespace {
// Media time starts here, not at 0, so that audio and decode times may lie before the first
// picture.
constexpr Micros kStart{1'000'000};
constexpr Micros kUsualDuration{40'000};

bool hasVideo(const std::vector<Track>& tracks) {
  return std::any_of(tracks.begin(), tracks.end(), isParsedVideo);
}
}  // namespace

Stream::Stream(StreamConfig config, std::function<void(const EpochRef&)> onEpoch)
    : config_(config), onEpoch_(std::move(onEpoch)) {}

void Stream::begin(std::vector<Track> tracks, Splice splice) {
  // A change of parameters before the epoch has begun does not make a lost source an unlost one.
  if (!next_ || splice != Splice::same) splice_ = splice;
  if (splice != Splice::same) awaitsKey_ = true;
  next_ = std::move(tracks);
}

bool Stream::push(Frame&& frame) {
  if (paused_) return false;
  if (next_ && begins(frame)) beginEpoch(frame);
  if (awaitsKey_ || !isKnown(frame)) return false;
  if (isParsedVideo(epoch_->tracks[frame.track])) {
    inherit(frame);
    if (frame.damaged && !config_.passDamaged) return false;
  }
  place(frame);
  follow(std::make_shared<const Frame>(std::move(frame)));
  return true;
}

void Stream::follow(const FrameRef& frame) {
  keep(frame);
  for (Taker& taker : takers_) give(taker, frame);
}

// A frame at which the next epoch can begin.
bool Stream::begins(const Frame& frame) const {
  if (frame.track >= next_->size() || !frame.key || frame.damaged) return false;
  return !hasVideo(*next_) || isParsedVideo((*next_)[frame.track]);
}

// Its track is in the epoch, and means the same as in the epoch to come.
bool Stream::isKnown(const Frame& frame) const {
  if (frame.track >= epoch_->tracks.size()) return false;
  if (!next_) return true;
  return frame.track < next_->size() && (*next_)[frame.track] == epoch_->tracks[frame.track];
}

// What refers to a damaged picture is damaged as well.
void Stream::inherit(Frame& frame) {
  broken_[frame.track] = frame.damaged || (broken_[frame.track] && !frame.key);
  frame.damaged = broken_[frame.track];
}

void Stream::beginEpoch(const Frame& frame) {
  const bool first = epoch_ == nullptr;
  auto epoch = std::make_shared<Epoch>();
  epoch->number = first ? 1 : epoch_->number + 1;
  epoch->tracks = *std::exchange(next_, std::nullopt);
  if (first)
    offset_ = kStart - frame.dts;
  else if (splice_ == Splice::gapless)
    offset_ = lastDts_ + lastDuration_ - frame.dts;
  else if (splice_ == Splice::elapsed)
    offset_ = lastDts_ + std::max(frame.arrival - lastArrival_, lastDuration_) - frame.dts;
  discontinuity_ = !first && splice_ != Splice::same;
  if (splice_ != Splice::same) capture_.reset();
  splice_ = Splice::same;
  follow(std::move(epoch));
}

void Stream::follow(EpochRef epoch) {
  epoch_ = std::move(epoch);
  hasVideo_ = hasVideo(epoch_->tracks);
  broken_.assign(epoch_->tracks.size(), false);
  awaitsKey_ = false;
  ring_.clear();
  ringBytes_ = 0;
  onEpoch_(epoch_);
  for (Taker& taker : takers_) {
    taker.waiting = true;
    taker.output->epoch(epoch_);
  }
}

// Gives the frame its place: epoch, number, stream time and capture time.
void Stream::place(Frame& frame) {
  frame.epoch = epoch_->number;
  frame.sequence = sequence_++;
  frame.discontinuity = std::exchange(discontinuity_, false);
  frame.dts += offset_;
  frame.pts += offset_;
  frame.capture = capture_.observe(frame.pts, frame.arrival);
  if (isParsedVideo(epoch_->tracks[frame.track]) || !hasVideo_) {
    const Micros step = frame.dts - lastDts_;
    lastDuration_ = step > Micros{0} && step < Micros{1'000'000} ? step : kUsualDuration;
    lastDts_ = frame.dts;
    lastArrival_ = frame.arrival;
  }
}

bool Stream::isKey(const Frame& frame) const {
  if (!frame.key) return false;
  if (!hasVideo_) return true;
  return !frame.damaged && isParsedVideo(epoch_->tracks[frame.track]);
}

void Stream::keep(const FrameRef& frame) {
  if (isKey(*frame)) {
    // Audio that belongs to the new picture may have come before it.
    std::erase_if(ring_, [&](const FrameRef& old) {
      return old->track == frame->track || old->dts < frame->dts;
    });
    ringBytes_ = 0;
    for (const FrameRef& early : ring_) ringBytes_ += early->payload.size();
    ring_.push_front(frame);
    ringCut_ = false;
  } else if (!ringCut_ && !ring_.empty()) {
    ring_.push_back(frame);
  } else {
    return;
  }
  ringBytes_ += frame->payload.size();
  const bool tooOld = frame->arrival - ring_.front()->arrival > config_.ringMaxAge;
  if (ringBytes_ <= config_.ringMaxBytes && !tooOld) return;
  ring_.resize(1);
  ringBytes_ = ring_.front()->payload.size();
  ringCut_ = true;
}

void Stream::give(Taker& taker, const FrameRef& frame) {
  if (taker.waiting && !isKey(*frame)) return;
  taker.waiting = false;
  taker.output->frame(frame);
}

void Stream::pause() { paused_ = true; }

void Stream::play() {
  if (!std::exchange(paused_, false) || awaitsKey_) return;
  begin(next_ ? *next_ : epoch_->tracks, Splice::gapless);
}

void Stream::end() {
  ring_.clear();
  ringBytes_ = 0;
  for (Taker& taker : std::exchange(takers_, {})) taker.output->ended();
}

void Stream::add(Output& output) {
  takers_.push_back({&output, true});
  if (epoch_ == nullptr) return;
  output.epoch(epoch_);
  if (ring_.empty() || awaitsKey_) return;
  for (const FrameRef& frame : ring_) output.frame(frame);
  takers_.back().waiting = ringCut_;
}

void Stream::remove(Output& output) {
  std::erase_if(takers_, [&](const Taker& taker) { return taker.output == &output; });
}

FrameRef Stream::keyFrame() const { return ring_.empty() ? nullptr : ring_.front(); }

}  // namespace core
