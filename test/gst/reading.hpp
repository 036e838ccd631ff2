#pragma once

#include "io/publisher.hpp"
#include "server.hpp"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace test {

// Interrupts a subscription when reading it takes too long, so that a failure does not hang.
class Alarm {
 public:
  explicit Alarm(io::Subscription& subscription)
      : thread_([this, &subscription](std::stop_token stop) {
          std::unique_lock lock(mutex_);
          if (!changed_.wait_for(lock, stop, kPatience, [&] { return stop.stop_requested(); }) &&
              !stop.stop_requested())
            subscription.interrupt();
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;  // last: it uses the others
};

// Items of a subscription up to the first that `wanted` accepts; false: it ended before.
template <typename Wanted>
bool readUntil(io::Subscription& subscription, Wanted wanted) {
  const Alarm alarm(subscription);
  io::Subscription::Item item;
  while (subscription.next(item)) {
    if (wanted(item)) return true;
    if (item.ended) return false;
    item = {};
  }
  return false;
}

// The next `count` frames of a track.
inline std::vector<core::FrameRef> readFrames(io::Subscription& subscription, uint8_t track,
                                              size_t count) {
  std::vector<core::FrameRef> frames;
  readUntil(subscription, [&](const io::Subscription::Item& item) {
    if (item.frame && item.frame->track == track) frames.push_back(item.frame);
    return frames.size() == count;
  });
  return frames;
}

}  // namespace test
