#include "io/sound.hpp"

#include "io/clock.hpp"

#include <utility>

namespace io {

namespace {
// A pipeline is there in a moment; what one that never comes makes us keep is bounded.
constexpr size_t kMaxWaiting = 512;
}  // namespace

Sound::Sound(LiveStreamRef made, Place place, core::Track from, core::FlacParameters to)
    : place(place), from(std::move(from)), to(to), made_(std::move(made)) {}

void Sound::connect(Take take) {
  std::lock_guard lock(mutex_);
  take_ = std::move(take);
  for (const core::FrameRef& frame : std::exchange(waiting_, {})) take_(frame);
}

void Sound::disconnect() {
  std::lock_guard lock(mutex_);
  take_ = nullptr;
}

void Sound::push(const core::FrameRef& frame) {
  toCapture_ = frame->capture - frame->pts;
  sequence_ = frame->sequence;
  std::lock_guard lock(mutex_);
  if (take_) return take_(frame);
  waiting_.push_back(frame);
  if (waiting_.size() > kMaxWaiting) waiting_.pop_front();
}

void Sound::end() {
  over_ = true;
  std::lock_guard lock(mutex_);
  waiting_.clear();
}

void Sound::give(core::Micros pts, core::Bytes bytes) {
  auto frame = std::make_shared<core::Frame>();
  frame->epoch = place.epoch;
  frame->track = place.track;
  frame->key = true;
  frame->dts = frame->pts = pts;
  frame->duration = core::unitDuration(to, bytes);
  frame->payload = std::move(bytes);
  made_->post([self = shared_from_this(), frame](core::Stream& stream) {
    self->add(stream, std::move(*frame));
  });
}

void Sound::add(core::Stream& stream, core::Frame&& frame) {
  if (over_) return;
  frame.sequence = sequence_;
  frame.arrival = now();
  frame.capture = frame.pts + toCapture_;
  stream.follow(std::make_shared<const core::Frame>(std::move(frame)));
}

}  // namespace io
