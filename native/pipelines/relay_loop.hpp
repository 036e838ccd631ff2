#pragma once

#include "gst/ref.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace pipelines {

// Plays a file again and again: keeps the end of its tracks, and the flushes of going back, from
// what comes behind them, and moves each round to the time at which the last one ended.
//
// It looks at what goes into the queues: while a muxer waits for the track that has ended there,
// the others would never come to theirs behind them.
class RelayLoop : public std::enable_shared_from_this<RelayLoop> {
 public:
  static constexpr const char* kRoundOver = "relay-round-over";  // application message

  explicit RelayLoop(GstElement* pipeline) : pipeline_(pipeline) {}  // which outlives its pads

  // Any thread. Sink pad of a queue, before media comes.
  void add(GstPad* pad);
  // Pipeline thread. All tracks have ended; the message says when to ask.
  bool isOver();
  // Pipeline thread. Begins the next round by `seek`; false: it cannot.
  bool goBack(const std::function<bool()>& seek);

 private:
  struct Lane {
    GstPad* pad = nullptr;  // which holds the probe that this is for
    GstSegment segment{};
    std::optional<GstClockTimeDiff> last{};  // running time of the last frame
    GstClockTimeDiff spacing = 0;  // how long a frame lasts that does not say so
    bool ended = false;
  };
  struct Probe;
  static GstPadProbeReturn look(GstPad* pad, GstPadProbeInfo* info, gpointer probe);
  GstPadProbeReturn takeEvent(size_t index, GstPadProbeInfo& info);
  void account(Lane& lane, GstBuffer* buffer);
  GstPadProbeReturn takeFrame(size_t index, GstBuffer* buffer);
  bool isLeadIn(const Lane& lane, const GstBuffer* buffer) const;
  static bool isAudio(const Lane& lane);
  GstEvent* moved(Lane& lane, const gst::Event& event) const;
  void post() const;

  GstElement* const pipeline_;
  std::mutex mutex_;  // guards what follows
  std::vector<Lane> lanes_;
  bool goingBack_ = false;
  // Of this round, in running time: the presentation of its first frame and the end of its last.
  // Pictures of an edit list that begins between two key frames are there before 0.
  std::optional<GstClockTimeDiff> begin_{};
  GstClockTimeDiff end_ = 0;
  GstClockTime offset_ = 0;  // by which it is later than the file says
};

}  // namespace pipelines
