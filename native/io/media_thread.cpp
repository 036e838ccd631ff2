#include "io/media_thread.hpp"

#include <pthread.h>

#include <cassert>
#include <utility>

namespace io {

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
  }
  wake();
}

void MediaThread::fed(std::shared_ptr<Inbox> inbox) {
  std::lock_guard lock(mutex_);
  tasks_.push_back([inbox = std::move(inbox)] { inbox->drain(); });
}

void MediaThread::wake() {
  {
    std::lock_guard lock(mutex_);
    if (awake_ || tasks_.empty()) return;
    awake_ = true;
  }
  changed_.notify_one();
}

void MediaThread::run() {
  std::vector<Task> batch;
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return awake_ || stopped_; });
    while (!tasks_.empty()) {
      batch.swap(tasks_);
      lock.unlock();
      for (Task& task : batch) task();
      batch.clear();
      lock.lock();
    }
    awake_ = false;
    if (stopped_) return;
  }
}

}  // namespace io
