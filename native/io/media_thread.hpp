#pragma once

#include "io/socket.hpp"

#include <sys/epoll.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace io {

// Something with bytes waiting for its media thread.
class Inbox {
 public:
  virtual ~Inbox() = default;
  virtual void drain() = 0;  // media thread
};

// Something whose descriptor a media thread watches.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void ready() = 0;  // media thread; reads or writes some, never waits
};

// A thread on which streams live: everything that happens to them happens here, in order.
class MediaThread {
 public:
  explicit MediaThread(std::string name);
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

  // On the thread itself. `watcher` is told of these events of epoll until unwatch(), which comes
  // before the descriptor is closed.
  void watch(int fd, uint32_t events, Watcher& watcher);
  void unwatch(int fd);

 private:
  using Task = std::function<void()>;
  void run();
  std::span<const epoll_event> wait(std::span<epoll_event> room);
  void tellAll(std::span<const epoll_event> ready);
  bool runTasks();

  const std::string name_;
  const Descriptor epoll_;
  const Descriptor waker_;
  std::mutex mutex_;  // guards the next three
  std::vector<Task> tasks_;
  bool awake_ = false;  // whoever adds a task need not wake it
  bool stopped_ = false;
  std::thread thread_;

  // The thread's own.
  std::chrono::steady_clock::time_point slept_{};
  std::unordered_map<int, Watcher*> watchers_;
};

}  // namespace io
