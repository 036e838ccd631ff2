#pragma once

#include "core/output.hpp"
#include "io/publisher.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>

namespace io {

// A bounded queue between a stream and a taker on another thread (hubsrc). A taker that is too slow
// loses frames nobody refers to, then everything up to the next key frame.
class FrameQueue final : public Subscription, public core::Output {
 public:
  bool next(Item& item) override;
  void interrupt() override;
  void resume() override;

  void epoch(const core::EpochRef& epoch) override;
  void frame(const core::FrameRef& frame) override;
  void ended() override;
  void refuse(std::string reason);  // any thread

 private:
  void push(Item item);
  bool makeRoom();
  void countLost(const core::Frame& frame);

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Item> items_;
  size_t bytes_ = 0;
  bool interrupted_ = false;
  bool ended_ = false;
  bool awaitsKey_ = false;
  uint64_t lost_ = 0;  // that the next one of its track tells
  uint8_t countedTrack_ = 0;  // the picture, or the first one
  bool hasVideo_ = false;
};

}  // namespace io
