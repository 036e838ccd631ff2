#include "core/rtmp_relay.hpp"

#include <algorithm>
#include <utility>

namespace core {

namespace {

constexpr Micros kHeldSpan{2'000'000};
constexpr size_t kHeldFrames = 1'000;

Micros micros(gate::Nanos time) { return std::chrono::duration_cast<Micros>(time); }

}  // namespace

RtmpRelay::RtmpRelay(const Options& options, Sink sink)
    : sink_(std::move(sink)),
      rules_({.paused = options.paused, .duration = options.duration, .decodeFromZero = true}),
      packager_(options.rtmp, sink_.block) {
  const auto add = [&](const std::optional<uint8_t>& track, gate::TrackKind kind) {
    if (!track) return;
    rules_.addTrack(kind);
    lanes_.push_back({*track});
  };
  add(options.rtmp.video, gate::TrackKind::video);
  add(options.rtmp.audio, gate::TrackKind::audio);
}

void RtmpRelay::epoch(const EpochRef& epoch) {
  if (over_) return;
  epoch_ = epoch->number;
  if (!packager_.begin(epoch->tracks)) over(sink_.refused);
}

void RtmpRelay::frame(const FrameRef& frame) {
  if (over_ || frame->epoch != epoch_) return;
  const auto lane = std::find_if(lanes_.begin(), lanes_.end(),
                                 [&](const Lane& it) { return it.track == frame->track; });
  if (lane != lanes_.end()) judge(static_cast<size_t>(lane - lanes_.begin()), frame);
}

void RtmpRelay::ended() { finish(); }

void RtmpRelay::pause() { rules_.pause(); }

void RtmpRelay::play() { rules_.play(); }

void RtmpRelay::finish() {
  for (size_t lane = 0; lane < lanes_.size(); ++lane) {
    rules_.end(lane);
    end(lane);
  }
}

RtmpRelay::Counts RtmpRelay::counts() const {
  Counts counts = counts_;
  counts.position = micros(rules_.position());
  return counts;
}

void RtmpRelay::judge(size_t lane, const FrameRef& frame) {
  using gate::Verdict;
  const gate::Judgement judged =
      rules_.judge(lane, {frame->key, frame->pts, frame->dts, frame->duration});
  for (const size_t silent : judged.overdue) {
    rules_.end(silent);
    end(silent);
  }
  switch (judged.verdict) {
    case Verdict::pass:
      return pass(lane, *frame, judged);
    case Verdict::hold:
      return hold(lane, frame);
    case Verdict::drop:
      return drop(lane);
    case Verdict::end:
      return end(lane);
    case Verdict::late:
      return;
  }
}

void RtmpRelay::pass(size_t lane, const Frame& frame, const gate::Judgement& judged) {
  const Micros dts = std::max(micros(*judged.dts), Micros{0});
  packager_.add(frame, dts, micros(frame.pts - judged.shift));
  counts_.bytes += frame.payload.size();
  if (isCounted(lane)) {
    ++counts_.frames;
    if (frame.key) ++counts_.keyFrames;
  }
  if (!judged.begins) return;
  sink_.flows();
  judgeHeld();
}

void RtmpRelay::hold(size_t lane, const FrameRef& frame) {
  held_.push_back({lane, frame});
  while (held_.size() > kHeldFrames || frame->pts - held_.front().frame->pts > kHeldSpan) {
    drop(held_.front().lane);
    held_.pop_front();
  }
}

void RtmpRelay::judgeHeld() {
  for (const Held& held : std::exchange(held_, {}))
    if (held.frame->epoch == epoch_) judge(held.lane, held.frame);
}

void RtmpRelay::drop(size_t lane) {
  if (isCounted(lane)) ++counts_.droppedFrames;
}

void RtmpRelay::end(size_t lane) {
  lanes_[lane].ended = true;
  const auto isEnded = [](const Lane& it) { return it.ended; };
  if (!std::all_of(lanes_.begin(), lanes_.end(), isEnded)) return;
  packager_.flush();
  over(sink_.ended);
}

void RtmpRelay::over(const std::function<void()>& why) {
  if (std::exchange(over_, true)) return;
  held_.clear();
  why();
}

}  // namespace core
