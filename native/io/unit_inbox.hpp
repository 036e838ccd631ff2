#pragma once

#include "io/live_stream.hpp"
#include "io/publisher.hpp"

#include <condition_variable>
#include <mutex>
#include <variant>
#include <vector>

namespace io {

// Ready units on their way from a thread of somebody else into a stream.
class UnitInbox final : public Publisher,
                        public Inbox,
                        public std::enable_shared_from_this<UnitInbox> {
 public:
  explicit UnitInbox(LiveStreamRef stream) : stream_(std::move(stream)) {}

  void begin(std::vector<core::Track> tracks) override;
  bool push(RawUnit&& unit) override;
  void interrupt() override;
  void resume() override;
  void close();  // any thread: the stream is gone, push() says false from now on

  void drain() override;  // media thread

 private:
  using Item = std::variant<std::vector<core::Track>, RawUnit>;
  void enqueue(Item item);
  void take(std::vector<core::Track>& tracks);
  void take(RawUnit& unit);

  const LiveStreamRef stream_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable room_;
  std::vector<Item> waiting_;
  size_t bytes_ = 0;
  bool queued_ = false;
  bool interrupted_ = false;
  bool closed_ = false;

  core::Stream::Splice splice_ = core::Stream::Splice::elapsed;  // media thread only
};

}  // namespace io
