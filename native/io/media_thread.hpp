#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace io {

// Something with bytes waiting for its media thread.
class Inbox {
 public:
  virtual ~Inbox() = default;
  virtual void drain() = 0;  // media thread
};

// A thread on which streams live: everything that happens to them happens here, in order.
class MediaThread {
 public:
  explicit MediaThread(std::string name) : name_(std::move(name)) {}
  ~MediaThread();
  MediaThread(const MediaThread&) = delete;
  MediaThread& operator=(const MediaThread&) = delete;

  void start();
  // Runs what was posted already, then joins; what is posted later waits for the next start().
  // Never on the thread itself.
  void stop();

  // Any thread. Never runs inline, so a caller may hold a lock.
  void post(std::function<void()> task);
  // Any thread. The inbox is drained in order with the tasks posted.
  void fed(std::shared_ptr<Inbox> inbox);

 private:
  using Task = std::function<void()>;
  void run();
  void rest(std::unique_lock<std::mutex>& lock);

  const std::string name_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Task> tasks_;
  bool awake_ = false;  // whoever adds a task need not wake it
  std::chrono::steady_clock::time_point slept_{};
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace io
