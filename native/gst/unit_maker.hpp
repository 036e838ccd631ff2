#pragma once

#include "core/decode_time.hpp"
#include "gst/caps.hpp"
#include "gst/ref.hpp"
#include "io/publisher.hpp"

#include <optional>

namespace gst {

// Times of a buffer on the pipeline's time line; negative before the start of its segment.
struct UnitTimes {
  core::Micros dts{0};
  core::Micros pts{0};
  core::Micros duration{0};  // 0: not known
};

// Makes units out of the buffers of one track. Used by one thread at a time.
class UnitMaker {
 public:
  void setTrack(NegotiatedTrack track);
  const std::optional<NegotiatedTrack>& track() const { return track_; }

  // Takes what caps did not say out of a buffer. True: the track is another one now.
  bool learn(GstBuffer* buffer);

  // A new time line begins: a segment, or after a flush.
  void setSegment(const GstSegment& segment);

  // `fallback` is the running time for a buffer that carries none.
  UnitTimes timesOf(GstBuffer* buffer, core::Micros fallback);

  // Empty: the buffer holds nothing to carry, or makes no sense.
  std::optional<io::RawUnit> make(GstBuffer* buffer, const UnitTimes& times) const;

 private:
  std::optional<core::Micros> runningTime(GstClockTime time) const;

  std::optional<NegotiatedTrack> track_;
  std::optional<GstSegment> segment_;
  std::optional<bool> derivesDts_;  // decided at the first buffer of a segment
  core::DecodeTime decodeTime_{0};
};

}  // namespace gst
