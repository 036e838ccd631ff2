#pragma once

#include "gst/ref.hpp"
#include "io/stats.hpp"

namespace gst {

// A picture that can be decoded by itself.
struct KeyFrame {
  Caps caps;
  Buffer buffer;  // nullptr: there is none yet
};

// What has come through a pipeline. Any thread; it outlives the pipeline for whoever holds it.
class Meter {
 public:
  virtual ~Meter() = default;
  virtual io::PipelineStats stats() const = 0;
  // The newest one of the first video track.
  virtual KeyFrame newestKeyFrame() const = 0;
};

}  // namespace gst
