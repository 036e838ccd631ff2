#pragma once

#include "core/gate_rules.hpp"
#include "core/output.hpp"
#include "core/rtmp_packager.hpp"

#include <deque>
#include <functional>
#include <vector>

namespace core {

// Sends a stream on by RTMP: from a key frame on, without gaps after a pause, for as long as
// wanted. Its times begin at 0. gate_rules.hpp says which frames pass. Media thread only, or under
// a lock.
class RtmpRelay final : public Output {
 public:
  struct Options {
    RtmpConfig rtmp{};
    bool paused = false;
    Micros duration{0};  // of each track, 0 = all
  };
  struct Sink {
    RtmpPackager::Sink block;
    std::function<void()> flows;  // the first frame since the start or since a pause has passed
    std::function<void()> ended;  // all tracks have ended; once, nothing follows
    std::function<void()> refused;  // the tracks are others than it was made for; nothing follows
  };
  struct Counts {
    Micros position{0};  // of media; pauses do not count
    uint64_t bytes = 0;
    uint64_t frames = 0;  // pictures, of audio where there are none
    uint64_t keyFrames = 0;
    uint64_t droppedFrames = 0;  // while paused
  };
  RtmpRelay(const Options& options, Sink sink);

  void epoch(const EpochRef& epoch) override;
  void frame(const FrameRef& frame) override;
  void ended() override;

  void pause();
  void play();
  void finish();  // all tracks end now
  Counts counts() const;

 private:
  struct Lane {
    uint8_t track = 0;
    bool ended = false;
  };
  struct Held {
    size_t lane;
    FrameRef frame;
  };
  void judge(size_t lane, const FrameRef& frame);
  void pass(size_t lane, const Frame& frame, const gate::Judgement& judged);
  void hold(size_t lane, const FrameRef& frame);
  void judgeHeld();
  void drop(size_t lane);
  void end(size_t lane);
  bool isCounted(size_t lane) const { return lane == 0; }
  void over(const std::function<void()>& why);

  const Sink sink_;
  gate::GateRules rules_;
  RtmpPackager packager_;
  std::vector<Lane> lanes_;  // the picture first
  uint32_t epoch_ = 0;
  bool over_ = false;
  std::deque<Held> held_;  // audio that waits for its picture
  Counts counts_;
};

}  // namespace core
