#pragma once

#include "gst/ref.hpp"
#include "io/publisher.hpp"

#include <gst/base/gstflowcombiner.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gst {

using FlowCombiner = Holder<GstFlowCombiner, gst_flow_combiner_free>;

// What stands behind a hubsrc: turns a subscription into pads and buffers. Its streaming thread
// only, but for what is said otherwise.
class FrameFeeder {
 public:
  explicit FrameFeeder(GstElement* element) : element_(element) {}  // which outlives it

  // While no thread streams.
  void open(std::shared_ptr<io::Subscription> subscription);
  void close();

  void interrupt();  // any thread, between open() and close()
  void resume();  // while no thread streams: what comes next begins a segment at the time it comes

  // Waits for an item and passes it on. False: nothing more to do until resume().
  bool step();

 private:
  struct Lane {
    Pad pad;
    core::Kind kind;
    core::Track track{};  // of the epoch
    bool announced = false;  // its pad has had its first caps
    bool needsSegment = true;
  };
  void takeEpoch(const core::Epoch& epoch);
  void takeTrack(const core::Track& track, std::vector<size_t>& used);
  bool takeFrame(const core::FrameRef& frame, uint64_t lost);
  void takeEnd(const std::string& reason);
  void pushEnd();
  size_t findLane(core::Kind kind, const std::vector<size_t>& used);
  Lane makeLane(core::Kind kind);
  void removeUnused(const std::vector<size_t>& used);
  void pushSegment(Lane& lane, const core::Frame& frame);
  bool accept(Lane& lane, GstFlowReturn flow);
  GstClockTime runningTimeNow() const;

  GstElement* const element_;
  std::shared_ptr<io::Subscription> subscription_;
  FlowCombiner combiner_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<Lane*> byTrack_;  // nullptr: a track without a pad
  // Where on the time line the running segment begins: media time and running time.
  struct Origin {
    core::Micros media;
    GstClockTime running;
  };
  std::optional<Origin> origin_;
  guint group_ = 0;
};

}  // namespace gst
