#pragma once

#include "core/rtmp_relay.hpp"
#include "io/outputs.hpp"
#include "io/tcp_writer.hpp"
#include "io/untaken.hpp"

#include <mutex>
#include <optional>

namespace io {

// A stream on its way to a server of RTMP: blocks for one connection. It tells when media flows and
// when all is sent, and closes by itself when the tracks become others. With a socket it writes the
// blocks itself, without one they are told.
class RtmpOutput final : public OutputHandle, private core::Output, private Watcher {
 public:
  RtmpOutput(OutputPlace place, const core::RtmpRelay::Options& options, Descriptor socket);

  // Any thread.
  void pause();
  void play();
  void finish();
  // Between the blocks; it has a socket.
  void write(core::Bytes bytes);
  // With a socket: gives up when nothing of what waits has been taken for so long.
  void check(core::Micros patience);
  PipelineStats stats();

 private:
  core::Output& taker() override { return *this; }
  void opened() override;
  void closing() override;
  void ready() override;
  void epoch(const core::EpochRef& epoch) override;
  void frame(const core::FrameRef& frame) override;
  void ended() override;
  void command(void (core::RtmpRelay::*order)());
  void take(const core::OutputBlock& block);
  void leaveOut(const core::OutputBlock& block);
  bool isAllSent() const;
  void noteEnd();

  const bool hasVideo_;

  std::mutex mutex_;  // guards what follows
  std::optional<TcpWriter> writer_;
  Untaken untaken_;
  struct LeftOut {
    uint64_t frames = 0, keyFrames = 0, bytes = 0;
  } leftOut_{};  // of what the relay has counted, because the server takes less
  bool hasEnded_ = false;  // all tracks
  bool isGivenUp_ = false;
  core::RtmpRelay relay_;
};

}  // namespace io
