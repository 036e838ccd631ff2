#pragma once

#include "core/stream.hpp"
#include "io/media_thread.hpp"
#include "io/owner.hpp"
#include "io/stats.hpp"

#include <atomic>
#include <memory>
#include <string>

namespace io {

struct StreamSpec {
  std::string domain;
  std::string path;
  size_t ringMaxBytes = 0;  // the ring since the last key frame; beyond it only the key frame stays
  core::Micros ringMaxAge{0};
  bool passDamaged = false;  // to outputs that can do with pictures that are not whole
};

// Counters that a media thread writes and any thread reads.
struct StreamCounters {
  std::atomic<uint64_t> bytes{0}, packets{0}, lostPackets{0}, frames{0}, pictures{0}, keyFrames{0};
  std::atomic<uint64_t> damagedFrames{0}, resyncs{0}, ringBytes{0}, undecryptablePackets{0};
  std::atomic<int64_t> lastFrameUs{0}, lastKeyFrameUs{0}, keyDistanceUs{0}, jitterUs{0};
  std::atomic<uint32_t> epoch{0};

  void add(std::atomic<uint64_t>& counter, uint64_t more) {
    counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }
};

// A stream with its thread, its name and its counters.
class LiveStream : public std::enable_shared_from_this<LiveStream> {
 public:
  LiveStream(Id id, const StreamSpec& spec, MediaThread& thread, OwnerRef owner);

  // Any thread.
  void post(std::function<void(core::Stream&)> task);
  StreamStats stats() const;
  const core::StreamConfig& ringConfig() const { return stream_.config(); }

  // Media thread.
  bool push(core::Frame&& frame);
  core::Stream& stream() { return stream_; }
  StreamCounters& counters() { return counters_; }

  const Id id;
  MediaThread& thread;  // outlives every stream
  const OwnerRef owner;

 private:
  void began(const core::EpochRef& epoch);
  void countKey(const core::Frame& key, const core::FrameRef& before);

  StreamCounters counters_;
  core::Stream stream_;
};

using LiveStreamRef = std::shared_ptr<LiveStream>;

}  // namespace io
