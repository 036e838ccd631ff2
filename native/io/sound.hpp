#pragma once

#include "core/track.hpp"
#include "io/live_stream.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace io {

// The sound of one track through one epoch, which a pipeline makes anew for a playable stream.
class Sound : public std::enable_shared_from_this<Sound> {
 public:
  using Take = std::function<void(const core::FrameRef&)>;
  struct Place {
    uint32_t epoch = 0;
    uint8_t track = 0;
    bool operator==(const Place&) const = default;
  };
  Sound(LiveStreamRef made, Place place, core::Track from, core::FlacParameters to);

  // Any thread.
  const Place place;
  const core::Track from;
  const core::FlacParameters to;
  // Frames that have come already are taken at once, later ones as they come; must not block.
  void connect(Take take);
  void disconnect();  // `take` is not called any more, and is running no longer
  // Puts a frame of what was made into the stream; nothing once the epoch is over.
  void give(core::Micros pts, core::Bytes frame);

  // Media thread.
  void push(const core::FrameRef& frame);
  void end();

 private:
  void add(core::Stream& stream, core::Frame&& frame);

  const LiveStreamRef made_;
  core::Micros toCapture_{0};  // from media time; media thread only, as the next two
  uint64_t sequence_ = 0;
  bool over_ = false;
  std::mutex mutex_;  // guards what follows; held while `take_` runs
  Take take_;
  std::deque<core::FrameRef> waiting_;
};

using SoundRef = std::shared_ptr<Sound>;

}  // namespace io
