#include "io/media_thread.hpp"

#include <pthread.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cassert>

namespace io {

namespace {
constexpr std::chrono::milliseconds kRest{1};
constexpr size_t kMaxReady = 64;

void addTo(const Descriptor& epoll, int fd, uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event);
}
}  // namespace

MediaThread::MediaThread(std::string name)
    : name_(std::move(name)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      waker_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  addTo(epoll_, waker_.get(), EPOLLIN | EPOLLET);  // each write wakes; nobody need read it
}

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
  eventfd_write(waker_.get(), 1);
  thread_.join();
}

void MediaThread::post(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    if (std::exchange(awake_, true)) return;
  }
  eventfd_write(waker_.get(), 1);
}

void MediaThread::fed(std::shared_ptr<Inbox> inbox) {
  post([inbox = std::move(inbox)] { inbox->drain(); });
}

void MediaThread::watch(int fd, uint32_t events, Watcher& watcher) {
  watchers_[fd] = &watcher;
  addTo(epoll_, fd, events);
}

void MediaThread::unwatch(int fd) {
  watchers_.erase(fd);
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void MediaThread::run() {
  std::array<epoll_event, kMaxReady> room{};
  bool goesOn = runTasks();
  while (goesOn) {
    tellAll(wait(room));
    goesOn = runTasks();
  }
}

// Woken again so soon: there is more to come. With hundreds of cameras that send packet by packet,
// a wake-up each would cost more than the media; now a thread wakes at most once in this time.
std::span<const epoll_event> MediaThread::wait(std::span<epoll_event> room) {
  const auto ask = [&](int timeoutMs) {
    const int size = static_cast<int>(room.size());
    return room.first(std::max(0, epoll_wait(epoll_.get(), room.data(), size, timeoutMs)));
  };
  const auto ready = ask(-1);
  if (std::chrono::steady_clock::now() - slept_ > kRest) return ready;
  std::this_thread::sleep_for(kRest);
  return ask(0);
}

// What is left is told by the next wait(), so that no descriptor keeps others waiting.
void MediaThread::tellAll(std::span<const epoll_event> ready) {
  for (const epoll_event& event : ready)
    if (const auto found = watchers_.find(event.data.fd); found != watchers_.end())
      found->second->ready();
}

// False: the thread shall end.
bool MediaThread::runTasks() {
  std::vector<Task> batch;
  std::unique_lock lock(mutex_);
  awake_ = true;
  while (!tasks_.empty()) {
    batch.swap(tasks_);
    lock.unlock();
    for (Task& task : batch) task();
    batch.clear();
    lock.lock();
  }
  awake_ = false;
  slept_ = std::chrono::steady_clock::now();
  return !stopped_;
}

}  // namespace io
