#include "io/unit_inbox.hpp"

#include "io/clock.hpp"

#include <utility>

namespace io {

namespace {
constexpr size_t kUnitBytes = 4'000'000;
}  // namespace

void UnitInbox::begin(std::vector<core::Track> tracks) { enqueue(std::move(tracks)); }

bool UnitInbox::push(RawUnit&& unit) {
  {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return interrupted_ || closed_ || bytes_ <= kUnitBytes; });
    if (interrupted_ || closed_) return false;
    bytes_ += unit.payload.size();
  }
  enqueue(std::move(unit));
  return true;
}

void UnitInbox::enqueue(Item item) {
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(item));
    if (std::exchange(queued_, true)) return;
  }
  stream_->thread.fed(shared_from_this());
}

void UnitInbox::interrupt() {
  {
    std::lock_guard lock(mutex_);
    interrupted_ = true;
  }
  room_.notify_all();
}

void UnitInbox::resume() {
  std::lock_guard lock(mutex_);
  interrupted_ = false;
}

void UnitInbox::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  room_.notify_all();
}

void UnitInbox::drain() {
  std::vector<Item> items;
  {
    std::lock_guard lock(mutex_);
    items.swap(waiting_);
    queued_ = false;
    bytes_ = 0;
    if (closed_) return;
  }
  room_.notify_all();
  for (Item& item : items) std::visit([this](auto& it) { take(it); }, item);
}

void UnitInbox::take(std::vector<core::Track>& tracks) {
  stream_->stream().begin(std::move(tracks), splice_);
  splice_ = core::Stream::Splice::same;
}

void UnitInbox::take(RawUnit& unit) {
  core::Frame frame;
  frame.track = unit.track;
  frame.key = unit.key;
  frame.droppable = unit.droppable;
  frame.dts = unit.dts;
  frame.pts = unit.pts;
  frame.duration = unit.duration;
  frame.arrival = now();
  frame.payload = std::move(unit.payload);
  stream_->counters().add(stream_->counters().bytes, frame.payload.size());
  stream_->push(std::move(frame));
}

}  // namespace io
