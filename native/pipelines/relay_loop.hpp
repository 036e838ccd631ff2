#pragma once

#include "gst/ref.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace pipelines {

// Plays a file again and again: keeps the end of its tracks, and the flushes of going back, from
// what comes behind them, and moves each round to the time at which the last one ended.
class RelayLoop : public std::enable_shared_from_this<RelayLoop> {
 public:
  static constexpr const char* kRoundOver = "relay-round-over";  // application message

  explicit RelayLoop(GstElement* pipeline) : pipeline_(pipeline) {}  // which outlives its pads

  // Pipeline thread. Pads of queues; before their first frame.
  void add(GstPad* pad);
  // Pipeline thread, after the message.
  void shift();

 private:
  struct Lane {
    gst::Pad pad;
    GstSegment segment{};
    bool ended = false;
  };
  struct Probe;
  static GstPadProbeReturn look(GstPad* pad, GstPadProbeInfo* info, gpointer probe);
  GstPadProbeReturn takeEvent(size_t index, GstEvent* event);
  void account(size_t index, const GstBuffer* buffer);

  GstElement* const pipeline_;
  std::mutex mutex_;  // guards what follows
  std::vector<Lane> lanes_;
  GstClockTime round_ = 0;  // how long this round is so far
  gint64 offset_ = 0;
};

}  // namespace pipelines
