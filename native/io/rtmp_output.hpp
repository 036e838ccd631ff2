#pragma once

#include "core/rtmp_relay.hpp"
#include "io/outputs.hpp"
#include "io/untaken.hpp"

#include <mutex>

namespace io {

// A stream on its way to a server of RTMP: blocks for one connection. It tells when media flows and
// when all is sent, and closes by itself when the tracks become others.
class RtmpOutput final : public OutputHandle, private core::Output {
 public:
  RtmpOutput(OutputPlace place, const core::RtmpRelay::Options& options);

  // Any thread.
  void pause();
  void play();
  void finish();
  PipelineStats stats();

 private:
  core::Output& taker() override { return *this; }
  void epoch(const core::EpochRef& epoch) override;
  void frame(const core::FrameRef& frame) override;
  void ended() override;
  void command(void (core::RtmpRelay::*order)());
  void take(const core::OutputBlock& block);

  Untaken untaken_;
  std::mutex mutex_;  // the counts are read by the JS thread
  core::RtmpRelay relay_;
};

}  // namespace io
