#pragma once

#include "core/frame.hpp"
#include "core/track.hpp"

#include <memory>
#include <string>
#include <vector>

namespace io {

// A unit that somebody else than RTP made (hubsink), with times of its own clock.
struct RawUnit {
  uint8_t track = 0;
  bool key = false;
  bool droppable = false;
  core::Micros dts{0};  // running time of the pipeline
  core::Micros pts{0};
  core::Micros duration{0};
  core::Bytes payload;  // as in core::Frame
};

// Publishes ready units into a stream from a thread of its own. All methods: any thread.
class Publisher {
 public:
  virtual ~Publisher() = default;
  // Tracks, before the first unit; again when they change (a new epoch).
  virtual void begin(std::vector<core::Track> tracks) = 0;
  // Waits while the stream's inbox is full. False: interrupted, or the stream is closed.
  virtual bool push(RawUnit&& unit) = 0;
  // Whether the pipeline plays; who rests may lose its place at the path meanwhile.
  virtual void setPlaying(bool) {}
  // Makes a waiting push() and all later ones return false, until resume().
  virtual void interrupt() = 0;
  virtual void resume() = 0;
  // Why push() says false for good; empty: the stream has been closed.
  virtual std::string refusal() { return {}; }
};

// What a hubsrc takes from a stream. All methods: any thread.
class Subscription {
 public:
  struct Item {
    core::EpochRef epoch{};  // set: an epoch begins
    core::FrameRef frame{};  // set: a frame of the last epoch
    uint64_t lost = 0;  // of its track, before it; of pictures, of sound where there are none
    bool ended = false;  // the stream is gone, or the wish was refused (reason says why)
    std::string reason{};
  };
  virtual ~Subscription() = default;
  // Waits for the next item. False: interrupted. The queue is bounded: a taker that is too slow
  // loses frames nobody refers to, then everything up to the next key frame.
  virtual bool next(Item& item) = 0;
  virtual void interrupt() = 0;
  virtual void resume() = 0;
};

}  // namespace io
