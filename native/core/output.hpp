#pragma once

#include "core/frame.hpp"
#include "core/track.hpp"

namespace core {

// A subscription to a stream, seen from the stream. All of it: media thread.
// epoch() comes before the first frame and before the first frame of every further epoch; frames of
// an output begin with a key frame of the video track (or any frame when there is no video).
class Output {
 public:
  virtual ~Output() = default;
  virtual void epoch(const EpochRef& epoch) = 0;
  virtual void frame(const FrameRef& frame) = 0;
  // The stream is gone; nothing follows.
  virtual void ended() = 0;
};

}  // namespace core
