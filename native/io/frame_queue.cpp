#include "io/frame_queue.hpp"

#include <algorithm>
#include <utility>

namespace io {

namespace {
constexpr size_t kQueueBytes = 8'000'000;
}  // namespace

bool FrameQueue::next(Item& item) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return interrupted_ || !items_.empty(); });
  if (interrupted_) return false;
  item = std::move(items_.front());
  items_.pop_front();
  if (item.frame) bytes_ -= item.frame->payload.size();
  return true;
}

void FrameQueue::interrupt() {
  {
    std::lock_guard lock(mutex_);
    interrupted_ = true;
  }
  changed_.notify_all();
}

void FrameQueue::resume() {
  std::lock_guard lock(mutex_);
  interrupted_ = false;
}

void FrameQueue::epoch(const core::EpochRef& epoch) {
  std::lock_guard lock(mutex_);
  const auto& tracks = epoch->tracks;
  const auto video = std::find_if(tracks.begin(), tracks.end(), core::isParsedVideo);
  hasVideo_ = video != tracks.end();
  countedTrack_ = hasVideo_ ? static_cast<uint8_t>(video - tracks.begin()) : 0;
  push({.epoch = epoch});
}

void FrameQueue::frame(const core::FrameRef& frame) {
  std::lock_guard lock(mutex_);
  const bool video = hasVideo_ && frame->track == countedTrack_;
  // What a lost picture refers to is lost with it: outputs here need whole pictures.
  if (video && frame->damaged) awaitsKey_ = true;
  if (video && frame->key && !frame->damaged) awaitsKey_ = false;
  if (video && awaitsKey_) return countLost(*frame);
  if (bytes_ + frame->payload.size() > kQueueBytes && !makeRoom()) {
    awaitsKey_ = hasVideo_;
    return countLost(*frame);
  }
  bytes_ += frame->payload.size();
  const bool counted = frame->track == countedTrack_;
  push({.frame = frame, .lost = counted ? std::exchange(lost_, 0) : 0});
}

void FrameQueue::countLost(const core::Frame& frame) {
  if (frame.track == countedTrack_) ++lost_;
}

// Drops what nobody refers to; false when that was not enough.
bool FrameQueue::makeRoom() {
  std::erase_if(items_, [this](const Item& item) {
    if (!item.frame || !item.frame->droppable) return false;
    bytes_ -= item.frame->payload.size();
    countLost(*item.frame);
    lost_ += item.lost;
    return true;
  });
  return bytes_ < kQueueBytes / 2;
}

void FrameQueue::ended() {
  std::lock_guard lock(mutex_);
  push({.ended = true});
}

void FrameQueue::refuse(std::string reason) {
  std::lock_guard lock(mutex_);
  push({.ended = true, .reason = std::move(reason)});
}

void FrameQueue::push(Item item) {
  if (ended_) return;
  ended_ = item.ended;
  items_.push_back(std::move(item));
  changed_.notify_all();
}

}  // namespace io
