#include "io/offer.hpp"

#include <utility>

namespace io {

Offer::Offer(Id id, OwnerRef owner, std::string domain, std::string path)
    : id_(id), owner_(std::move(owner)), domain_(std::move(domain)), path_(std::move(path)) {}

Offer::~Offer() { setPlaying(false); }

void Offer::begin(std::vector<core::Track> tracks) {
  std::lock_guard lock(mutex_);
  tracks_ = std::move(tracks);
  if (inbox_) inbox_->begin(tracks_);
}

bool Offer::push(RawUnit&& unit) {
  const auto inbox = awaitAnswer();
  return inbox && inbox->push(std::move(unit));
}

// nullptr: refused, interrupted or no longer playing.
std::shared_ptr<UnitInbox> Offer::awaitAnswer() {
  std::unique_lock lock(mutex_);
  const auto isOver = [this] { return interrupted_ || !playing_ || !refusal_.empty(); };
  if (isOver()) return nullptr;
  if (!std::exchange(offered_, true)) {
    lock.unlock();
    owner_->emit(id_, Offered{domain_, path_});
    lock.lock();
  }
  changed_.wait(lock, [&] { return inbox_ || isOver(); });
  return isOver() ? nullptr : inbox_;
}

void Offer::setPlaying(bool playing) {
  std::shared_ptr<UnitInbox> left;
  bool withdrawn = false;
  {
    std::lock_guard lock(mutex_);
    playing_ = playing;
    if (!playing) {
      left = std::exchange(inbox_, nullptr);
      withdrawn = std::exchange(offered_, false);
    }
  }
  changed_.notify_all();
  if (left) left->close();
  if (withdrawn) owner_->emit(id_, Withdrawn{});
}

void Offer::interrupt() {
  {
    std::lock_guard lock(mutex_);
    interrupted_ = true;
    if (inbox_) inbox_->interrupt();
  }
  changed_.notify_all();
}

void Offer::resume() {
  std::lock_guard lock(mutex_);
  interrupted_ = false;
  if (inbox_) inbox_->resume();
}

std::string Offer::refusal() {
  std::lock_guard lock(mutex_);
  return refusal_;
}

void Offer::accept(std::shared_ptr<UnitInbox> inbox) {
  {
    std::lock_guard lock(mutex_);
    if (!offered_) return inbox->close();
    inbox->begin(tracks_);
    if (interrupted_) inbox->interrupt();
    std::swap(inbox_, inbox);
  }
  changed_.notify_all();
  if (inbox) inbox->close();
}

void Offer::refuse(std::string reason) {
  std::shared_ptr<UnitInbox> left;
  {
    std::lock_guard lock(mutex_);
    if (!offered_) return;
    refusal_ = std::move(reason);
    left = std::exchange(inbox_, nullptr);
  }
  changed_.notify_all();
  if (left) left->close();
}

}  // namespace io
