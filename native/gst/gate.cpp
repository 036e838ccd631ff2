#include "gst/gate.hpp"

#include "gst/gate_element.hpp"

#include <algorithm>
#include <utility>

namespace gst {

// What the gate knows of one track, besides the rules.
class Gate::Track {
 public:
  Track(TrackKind itsKind, GstElement* element) : kind(itsKind) {
    g_weak_ref_init(&element_, element);
  }
  ~Track() { g_weak_ref_clear(&element_); }
  Track(const Track&) = delete;
  Track& operator=(const Track&) = delete;

  Element element() { return Element(static_cast<GstElement*>(g_weak_ref_get(&element_))); }

  // Not one that waits for the muxer, or has done so until just now.
  bool isSilent(Nanos patience) const {
    return !busy && std::chrono::steady_clock::now() - heard >= patience;
  }

  const TrackKind kind;
  bool interrupted = false;
  bool busy = false;
  std::chrono::steady_clock::time_point heard = std::chrono::steady_clock::now();
  Count count;

 private:
  GWeakRef element_;
};

Gate::Gate(Options options)
    : onFlowing_(std::move(options.onFlowing)),
      onFlushed_(std::move(options.onFlushed)),
      silence_(options.silence),
      rules_({options.paused, options.duration, options.decodeFromZero}) {}

Gate::~Gate() = default;

GstElement* Gate::addTrack(TrackKind kind) {
  std::lock_guard lock(mutex_);
  GstElement* element = makeGateElement(shared_from_this(), rules_.addTrack(kind));
  tracks_.push_back(std::make_unique<Track>(kind, element));
  return element;
}

void Gate::setLive(bool live) {
  std::lock_guard lock(mutex_);
  rules_.setLive(live);
  change();
}

void Gate::pause() {
  std::lock_guard lock(mutex_);
  rules_.pause();
  change();
}

void Gate::play() {
  std::lock_guard lock(mutex_);
  rules_.play();
  change();
}

void Gate::finish() {
  std::lock_guard lock(mutex_);
  std::vector<size_t> running;
  for (size_t i = 0; i < tracks_.size(); ++i)
    if (rules_.end(i)) running.push_back(i);
  endSilent(running);
  change();
}

io::PipelineStats Gate::stats() const {
  std::lock_guard lock(mutex_);
  io::PipelineStats stats;
  stats.position = std::chrono::duration_cast<core::Micros>(rules_.position());
  stats.bytes = bytes_;
  const TrackKind counted = rules_.hasVideo() ? TrackKind::video : TrackKind::audio;
  for (const auto& track : tracks_) {
    if (track->kind != counted) continue;
    stats.frames += track->count.frames;
    stats.keyFrames += track->count.keyFrames;
    stats.droppedFrames += track->count.dropped;
    stats.film = std::max(stats.film, std::chrono::duration_cast<core::Micros>(track->count.film));
  }
  return stats;
}

KeyFrame Gate::newestKeyFrame() const {
  std::lock_guard lock(mutex_);
  if (!newest_.buffer) return {};
  return {Caps(gst_caps_ref(newest_.caps.get())), Buffer(gst_buffer_ref(newest_.buffer.get()))};
}

Gate::Ruling Gate::judge(size_t track, const GateFrame& frame) {
  std::lock_guard lock(mutex_);
  Ruling ruling{rules_.judge(track, frame), rules_.live(), changes_};
  endSilent(silentOf(ruling.judgement.overdue));
  if (ruling.judgement.begins || ruling.judgement.verdict == Verdict::end) change();
  return ruling;
}

void Gate::taken(size_t track, GstPad* pad, GstBuffer* buffer, Nanos film) {
  std::lock_guard lock(mutex_);
  Track& it = *tracks_[track];
  bytes_ += gst_buffer_get_size(buffer);
  it.count.frames++;
  it.count.film = film;
  if (it.kind != TrackKind::video || GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT))
    return;
  it.count.keyFrames++;
  const auto isVideo = [](const auto& other) { return other->kind == TrackKind::video; };
  if (std::ranges::find_if(tracks_, isVideo)->get() != &it) return;
  Caps caps(gst_pad_get_current_caps(pad));
  if (caps) newest_ = {std::move(caps), Buffer(gst_buffer_ref(buffer))};
}

void Gate::setBusy(size_t track, bool busy) {
  std::lock_guard lock(mutex_);
  tracks_[track]->busy = busy;
  tracks_[track]->heard = std::chrono::steady_clock::now();
}

void Gate::thrownAway(size_t track, uint64_t frames) {
  std::lock_guard lock(mutex_);
  tracks_[track]->count.dropped += frames;
}

bool Gate::awaitChange(size_t track, uint64_t known) {
  std::unique_lock lock(mutex_);
  const Track& it = *tracks_[track];
  changed_.wait(lock, [&] { return it.interrupted || changes_ != known; });
  return !it.interrupted;
}

void Gate::setInterrupted(size_t track, bool interrupted) {
  std::lock_guard lock(mutex_);
  tracks_[track]->interrupted = interrupted;
  change();
}

void Gate::end(size_t track) {
  std::lock_guard lock(mutex_);
  rules_.end(track);
  change();
}

void Gate::flushed() const {
  if (onFlushed_) onFlushed_();
}

void Gate::flows() const {
  if (onFlowing_) onFlowing_();
}

void Gate::change() {
  ++changes_;
  changed_.notify_all();
}

std::vector<size_t> Gate::silentOf(const std::vector<size_t>& overdue) {
  std::vector<size_t> silent;
  for (const size_t track : overdue)
    if (tracks_[track]->isSilent(silence_) && rules_.end(track)) silent.push_back(track);
  return silent;
}

void Gate::endSilent(const std::vector<size_t>& tracks) {
  for (const size_t track : tracks)
    if (const Element element = tracks_[track]->element()) endGateElement(element.get());
}

}  // namespace gst
