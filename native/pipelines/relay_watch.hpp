#pragma once

#include "gst/ref.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace pipelines {

// Knows whether media flows to the output: the gate lets it through, and the sink, if there is one
// to look at, has done with a first buffer. Posts the application message kFlows when that begins,
// and kFlushed when the input has lost its place.
class RelayWatch : public std::enable_shared_from_this<RelayWatch> {
 public:
  static constexpr const char* kFlows = "relay-flows";
  static constexpr const char* kFlushed = "relay-flushed";

  // Pipeline thread.
  void setPipeline(GstElement* pipeline) { pipeline_ = pipeline; }
  void watch(GstElement* sink);
  // A clocksync: what comes first through any of them is in time.
  void pace(GstElement* clocksync);
  void gateStops();
  // What is not live rests, and goes on later by so much.
  void rest();
  void goOn();
  bool flows();

  // Streaming threads.
  void gateFlows();
  void inputFlushed() const { post(kFlushed); }

 private:
  static GstPadProbeReturn look(GstPad* pad, GstPadProbeInfo* info, gpointer watch);
  bool sees(const GstBuffer* buffer);
  void post(const char* what) const;
  void delay(GstClockTimeDiff by);

  GstElement* pipeline_ = nullptr;  // which outlives its pads
  std::mutex mutex_;  // guards what follows
  std::vector<GstElement*> paced_;
  GstClockTimeDiff delay_ = 0;  // of what is paced
  GstClockTime restingSince_ = GST_CLOCK_TIME_NONE;
  bool started_ = false;
  bool gate_ = false;
  bool sink_ = true;
  int buffers_ = 0;  // that came to the sink and are no headers
};

}  // namespace pipelines
