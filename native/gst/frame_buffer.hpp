#pragma once

#include "core/frame.hpp"
#include "core/track.hpp"
#include "gst/ref.hpp"

#include <algorithm>

namespace gst {

inline GstClockTime toClockTime(core::Micros time) {
  return static_cast<GstClockTime>(std::max(time, core::Micros{0}).count()) * GST_USECOND;
}

// A buffer over the frame's own bytes, with the stream's times; as capsOf() the track says.
Buffer bufferOf(const core::Track& track, const core::FrameRef& frame);

}  // namespace gst
