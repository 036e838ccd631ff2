#pragma once

#include "core/ring_packager.hpp"
#include "io/outputs.hpp"
#include "io/untaken.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace core {
struct LiveConfig;
struct RtmpConfig;
struct RtpConfig;
}  // namespace core

namespace io {

// Blocks for all readers who want a stream the same way, and the ring of them. It closes by itself
// when the stream ends, or when its tracks become others than its readers were told.
class RingOutput : public OutputHandle, private core::Output {
 public:
  // `ring` bounds what the packager keeps.
  using MakePackager = std::function<std::unique_ptr<core::RingPackager>(
      const core::StreamConfig& ring, core::RingPackager::Sink)>;
  RingOutput(OutputPlace place, const MakePackager& make);

  // Any thread; empty: there is nothing yet, or not all of the stream's ring.
  std::vector<core::RtpBlock> ring(bool compress);
  core::BlockRef report();

  // Any thread. While it pauses nothing is packaged, and numbers stand still; it goes on as an
  // epoch begins.
  void pause();
  void play();

 protected:
  // How much may wait for whoever takes the blocks; beyond it everything is left out up to the next
  // key frame.
  RingOutput(OutputPlace place, const MakePackager& make, size_t room);

  // Media thread: a block for who is there already; the newest of the ring at opening.
  virtual void give(const core::RtpBlock& block);
  // Media thread: whoever takes the blocks lags, and this one is given to nobody.
  virtual void leaveOut(const core::RtpBlock&) {}
  // Something of that weight waits until the token goes.
  std::shared_ptr<void> wait(size_t weight) { return untaken_.wait(weight); }

 private:
  core::Output& taker() override { return *this; }
  void opened() override;
  void epoch(const core::EpochRef& epoch) override;
  void frame(const core::FrameRef& frame) override;
  void ended() override;
  void take(const core::RtpBlock& block);

  Untaken untaken_;
  bool filling_ = true;  // what comes is the stream's ring
  bool paused_ = false;
  core::EpochRef epoch_;

  std::mutex mutex_;  // the ring is read by the JS thread
  bool stale_ = false;  // the ring is of before a pause
  const std::unique_ptr<core::RingPackager> packager_;
};

// Interleaved RTP of one layout.
RingOutput::MakePackager packagerOf(core::RtpConfig config);
// Messages of RTMP or tags of FLV.
RingOutput::MakePackager packagerOf(const core::RtmpConfig& config);
// Messages of the live protocol.
RingOutput::MakePackager packagerOf(core::LiveConfig config);

}  // namespace io
