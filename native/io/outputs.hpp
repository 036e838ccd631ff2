#pragma once

#include "core/hls_packager.hpp"
#include "io/frame_queue.hpp"
#include "io/live_stream.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace io {

// What every output knows of where it stands.
struct OutputPlace {
  Id id = 0;
  LiveStreamRef stream;
  OwnerRef owner;
};

// An output as the hub holds it: it stays on its stream until it is closed or the stream ends.
class OutputHandle : public std::enable_shared_from_this<OutputHandle> {
 public:
  explicit OutputHandle(OutputPlace place);
  virtual ~OutputHandle() = default;

  void open();  // any thread
  void close();  // any thread; Closed is its last event

 protected:
  virtual core::Output& taker() = 0;
  virtual void opened() {}  // media thread: it is on its stream and has got the ring
  virtual void closing() {}  // media thread: it has left its stream

  const Id id_;
  const LiveStreamRef stream_;
  const OwnerRef owner_;
};

using OutputRef = std::shared_ptr<OutputHandle>;

// The parts and segments of HLS, and the window in which they can be fetched.
class HlsOutput final : public OutputHandle, private core::Output {
 public:
  HlsOutput(OutputPlace place, core::HlsConfig config);

  // Any thread; empty: it has left the window.
  core::BlockRef findInit(uint32_t number);
  core::BlockRef findPart(uint64_t number);
  std::vector<core::BlockRef> findSegment(uint64_t number);

 private:
  core::Output& taker() override { return *this; }
  void epoch(const core::EpochRef& epoch) override;
  void frame(const core::FrameRef& frame) override;
  void ended() override;
  void tellPart(const core::HlsSegment& segment, const core::HlsPart& part);

  std::mutex mutex_;  // the window is read by the JS thread
  core::HlsPackager packager_;
};

// Feeds a hubsrc.
class QueueOutput final : public OutputHandle {
 public:
  QueueOutput(OutputPlace place, std::shared_ptr<FrameQueue> queue)
      : OutputHandle(std::move(place)), queue_(std::move(queue)) {}

 private:
  core::Output& taker() override { return *queue_; }

  const std::shared_ptr<FrameQueue> queue_;
};

}  // namespace io
