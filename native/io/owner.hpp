#pragma once

#include "io/event.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace io {

using Id = uint32_t;
// Takes what the objects of one environment have to tell. Any thread; never blocks.
using EventSink = std::function<void(Id, Event)>;

// An environment as native objects see it: where their events go, until it has left.
class Owner {
 public:
  explicit Owner(EventSink sink) : sink_(std::move(sink)) {}

  void emit(Id id, Event event) {  // any thread
    std::lock_guard lock(mutex_);
    if (sink_) sink_(id, std::move(event));
  }
  void leave() {  // any thread; nothing is emitted after it
    std::lock_guard lock(mutex_);
    sink_ = nullptr;
  }

 private:
  std::mutex mutex_;  // held across check and call
  EventSink sink_;
};

using OwnerRef = std::shared_ptr<Owner>;

}  // namespace io
