#include "io/media_thread.hpp"

#include <pthread.h>

#include <cassert>
#include <utility>

namespace io {

namespace {
constexpr std::chrono::milliseconds kRest{1};
}  // namespace

MediaThread::~MediaThread() { assert(!thread_.joinable() && "stop() comes first"); }

void MediaThread::start() {
  stopped_ = false;
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
    run();
  });
}

void MediaThread::stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void MediaThread::post(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    if (std::exchange(awake_, true)) return;
  }
  changed_.notify_one();
}

void MediaThread::fed(std::shared_ptr<Inbox> inbox) {
  post([inbox = std::move(inbox)] { inbox->drain(); });
}

void MediaThread::run() {
  std::vector<Task> batch;
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return awake_ || stopped_; });
    rest(lock);
    while (!tasks_.empty()) {
      batch.swap(tasks_);
      lock.unlock();
      for (Task& task : batch) task();
      batch.clear();
      lock.lock();
    }
    awake_ = false;
    slept_ = std::chrono::steady_clock::now();
    if (stopped_) return;
  }
}

// Woken again so soon: there is more to come. With hundreds of cameras that send packet by packet,
// a wake-up each would cost more than the media; now a thread wakes at most once in this time.
void MediaThread::rest(std::unique_lock<std::mutex>& lock) {
  if (stopped_ || std::chrono::steady_clock::now() - slept_ > kRest) return;
  changed_.wait_for(lock, kRest, [this] { return stopped_; });
}

}  // namespace io
