#pragma once

#include "gst/gate.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace test {

// Times of the tests: milliseconds, as they stand in buffers.
struct Unit {
  std::optional<int> pts, dts;
  bool key = false;
  int duration = 0;
  bool header = false;
};

// What has come out of a track: running times in milliseconds.
struct Given {
  std::optional<double> pts, dts;
  bool key = false;
  std::optional<double> duration;
};

// A gate with pads of our own around each track: whoever pushes is the streaming thread.
class GateRig {
 public:
  GateRig(gst::Gate::Options options, const std::vector<gst::TrackKind>& kinds, bool live = true)
      : gate_(std::make_shared<gst::Gate>(std::move(options))) {
    gate_->setLive(live);
    for (const gst::TrackKind kind : kinds)
      lanes_.push_back(std::make_unique<Lane>(gate_->addTrack(kind)));
  }

  gst::Gate& gate() { return *gate_; }
  const gst::GateRef& gateRef() { return gate_; }

  GstFlowReturn push(size_t track, const Unit& unit) {
    GstBuffer* buffer = gst_buffer_new_allocate(nullptr, 10, nullptr);
    GST_BUFFER_PTS(buffer) = unit.pts ? *unit.pts * GST_MSECOND : GST_CLOCK_TIME_NONE;
    GST_BUFFER_DTS(buffer) = unit.dts ? *unit.dts * GST_MSECOND : GST_CLOCK_TIME_NONE;
    if (unit.duration > 0) GST_BUFFER_DURATION(buffer) = unit.duration * GST_MSECOND;
    if (!unit.key) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    if (unit.header) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_HEADER);
    return gst_pad_push(lanes_[track]->in.get(), buffer);
  }

  bool send(size_t track, GstEvent* event) {
    return gst_pad_push_event(lanes_[track]->in.get(), event);
  }
  void sendSegment(size_t track, int startMs) { lanes_[track]->sendSegment(startMs); }
  void sendEos(size_t track) { send(track, gst_event_new_eos()); }
  // As going to NULL does.
  void shutDown(size_t track) {
    gst_element_set_state(lanes_[track]->element.get(), GST_STATE_NULL);
  }

  std::vector<Given> given(size_t track) {
    Lane& lane = *lanes_[track];
    std::lock_guard lock(lane.mutex);
    return lane.given;
  }

  // As a muxer is told.
  bool isLive(size_t track) {
    GstQuery* query = gst_query_new_latency();
    gboolean live = TRUE;
    if (gst_pad_peer_query(lanes_[track]->out.get(), query))
      gst_query_parse_latency(query, &live, nullptr, nullptr);
    gst_query_unref(query);
    return live;
  }

  // Once, while what comes next out of the track is taken: a muxer that lets it wait.
  void whileTaken(size_t track, std::function<void()> act) {
    lanes_[track]->meanwhile = std::move(act);
  }

  int ends(size_t track) { return lanes_[track]->ends; }
  int gaps(size_t track) { return lanes_[track]->gaps; }

  bool awaitEnd(size_t track) {
    Lane& lane = *lanes_[track];
    std::unique_lock lock(lane.mutex);
    return lane.changed.wait_for(lock, std::chrono::seconds(30), [&] { return lane.ends > 0; });
  }

 private:
  struct Lane {
    explicit Lane(GstElement* made)
        : element(gst::sink(made)),
          in(gst::sink(gst_pad_new("in", GST_PAD_SRC))),
          out(gst::sink(gst_pad_new("out", GST_PAD_SINK))) {
      gst_pad_set_element_private(out.get(), this);
      gst_pad_set_chain_function(out.get(), take);
      gst_pad_set_event_function(out.get(), hear);
      const gst::Pad sink = gst::adopt(gst_element_get_static_pad(element.get(), "sink"));
      const gst::Pad src = gst::adopt(gst_element_get_static_pad(element.get(), "src"));
      EXPECT_EQ(gst_pad_link(in.get(), sink.get()), GST_PAD_LINK_OK);
      EXPECT_EQ(gst_pad_link(src.get(), out.get()), GST_PAD_LINK_OK);
      gst_pad_set_active(in.get(), TRUE);
      gst_pad_set_active(out.get(), TRUE);
      gst_element_set_state(element.get(), GST_STATE_PLAYING);
      gst_pad_push_event(in.get(), gst_event_new_stream_start("test"));
      const gst::Caps caps(gst_caps_new_empty_simple("test/media"));
      gst_pad_push_event(in.get(), gst_event_new_caps(caps.get()));
      sendSegment(0);
    }

    ~Lane() {
      gst_pad_set_active(in.get(), FALSE);
      gst_element_set_state(element.get(), GST_STATE_NULL);
      gst_pad_set_active(out.get(), FALSE);
    }
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    void sendSegment(int startMs) {
      GstSegment segment;
      gst_segment_init(&segment, GST_FORMAT_TIME);
      segment.start = static_cast<guint64>(startMs) * GST_MSECOND;
      gst_pad_push_event(in.get(), gst_event_new_segment(&segment));
    }

    static Lane& of(GstPad* pad) { return *static_cast<Lane*>(gst_pad_get_element_private(pad)); }

    std::optional<double> runningMs(GstClockTime time) const {
      if (!GST_CLOCK_TIME_IS_VALID(time)) return std::nullopt;
      guint64 running = 0;
      const int sign = gst_segment_to_running_time_full(&segment, GST_FORMAT_TIME, time, &running);
      return sign * static_cast<double>(running) / 1e6;
    }

    static GstFlowReturn take(GstPad* pad, GstObject*, GstBuffer* taken) {
      const gst::Buffer buffer(taken);
      Lane& lane = of(pad);
      if (const auto act = std::exchange(lane.meanwhile, nullptr)) act();
      std::lock_guard lock(lane.mutex);
      Given given{lane.runningMs(GST_BUFFER_PTS(taken)), lane.runningMs(GST_BUFFER_DTS(taken)),
                  !GST_BUFFER_FLAG_IS_SET(taken, GST_BUFFER_FLAG_DELTA_UNIT), std::nullopt};
      if (GST_BUFFER_DURATION_IS_VALID(taken))
        given.duration = static_cast<double>(GST_BUFFER_DURATION(taken)) / 1e6;
      lane.given.push_back(given);
      return GST_FLOW_OK;
    }

    static gboolean hear(GstPad* pad, GstObject*, GstEvent* heard) {
      const gst::Event event(heard);
      Lane& lane = of(pad);
      {
        std::lock_guard lock(lane.mutex);
        if (GST_EVENT_TYPE(heard) == GST_EVENT_SEGMENT)
          gst_event_copy_segment(heard, &lane.segment);
        if (GST_EVENT_TYPE(heard) == GST_EVENT_EOS) ++lane.ends;
        if (GST_EVENT_TYPE(heard) == GST_EVENT_GAP) ++lane.gaps;
      }
      lane.changed.notify_all();
      return TRUE;
    }

    const gst::Element element;
    const gst::Pad in, out;
    std::mutex mutex;
    std::condition_variable changed;
    GstSegment segment{};
    std::vector<Given> given;
    std::function<void()> meanwhile;  // of whoever pushes
    std::atomic<int> ends{0};
    std::atomic<int> gaps{0};
  };

  const gst::GateRef gate_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace test
