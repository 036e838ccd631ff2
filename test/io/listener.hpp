#pragma once

#include "io/hub.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

namespace io {

// An owner that writes down what it hears, and waits for it.
class Listener {
 public:
  Listener()
      : owner(std::make_shared<Owner>([this](Id id, Event event) {
          std::lock_guard lock(mutex_);
          events_.emplace_back(id, std::move(event));
          changed_.notify_all();
        })) {}

  // The n-th event of its kind.
  template <typename T>
  T wait(Id id, size_t nth = 0) {
    std::unique_lock lock(mutex_);
    T found;
    changed_.wait(lock, [&] {
      size_t before = 0;
      for (const auto& [from, event] : events_)
        if (const T* it = std::get_if<T>(&event); it != nullptr && from == id && before++ == nth) {
          found = *it;
          return true;
        }
      return false;
    });
    return found;
  }
  template <typename T>
  Id waitForAny() {
    std::unique_lock lock(mutex_);
    Id found = 0;
    changed_.wait(lock, [&] {
      for (const auto& [from, event] : events_)
        if (std::holds_alternative<T>(event)) found = from;
      return found != 0;
    });
    return found;
  }

  const OwnerRef owner;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<Id, Event>> events_;
};

}  // namespace io
