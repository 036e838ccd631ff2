#pragma once

#include "gst/unit_maker.hpp"
#include "io/publisher.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace gst {

// What stands behind a hubsink: puts the media of its pads together into one stream.
//
// Streaming threads wait in chain(), for the other tracks, for PLAYING, for the clock and for room
// in the inbox of the stream; interrupt() and a flush get them out of every one of these.
class TrackPublisher {
 public:
  // One pad and what has come through it.
  struct Lane {
    Object<GstPad> pad;
    UnitMaker maker;
    std::optional<uint8_t> index;  // its track
    GstClockID waiting = nullptr;  // owned by the streaming thread that waits
    bool flushing = false;
    bool ended = false;
    core::Micros spacing{0};  // of its last two units
    core::Micros lastPts{0};
  };
  using LaneRef = std::shared_ptr<Lane>;

  explicit TrackPublisher(GstElement* element) : element_(element) {}  // which outlives it

  LaneRef addLane(GstPad* pad);
  void removeLane(const LaneRef& lane);

  // Changes of state. open() is false when there is no such stream.
  bool open(uint32_t pipeline, const std::string& path);
  void setPlaying(bool playing);
  void interrupt();
  void close();

  void setSync(bool sync);
  bool sync();
  GstClockTime endTime();

  // Streaming threads.
  GstFlowReturn chain(Lane& lane, GstBuffer* buffer);
  core::Result<bool> setCaps(Lane& lane, const GstCaps& caps);
  void setSegment(Lane& lane, const GstSegment& segment);
  void startFlush(Lane& lane);
  void stopFlush(Lane& lane);
  // True: it was the last one, PLAYING is reached, and the end of stream may be posted.
  bool end(Lane& lane);

 private:
  using Lock = std::unique_lock<std::mutex>;
  bool isOut(const Lane& lane) const { return !publisher_ || interrupted_ || lane.flushing; }
  bool isComplete() const;
  bool hasEnded() const;
  void begin();
  void renew(const Lane& lane);
  bool awaitTracks(Lock& lock, Lane& lane);
  bool awaitTurn(Lock& lock, Lane& lane, core::Micros running);
  GstFlowReturn push(Lock& lock, Lane& lane, io::RawUnit unit);
  void account(Lane& lane, const UnitTimes& times);
  core::Micros runningTimeNow() const;
  void wakeClockWaits();

  GstElement* const element_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::shared_ptr<io::Publisher> publisher_;
  std::vector<LaneRef> lanes_;
  std::vector<core::Track> tracks_;  // of the epoch; empty before the first
  std::optional<std::chrono::steady_clock::time_point> completeBy_;
  bool sync_ = true;
  bool playing_ = false;
  bool interrupted_ = false;
  int flushes_ = 0;  // lanes that flush
  uint32_t interruptions_ = 0;  // how often a push() has been got out
  core::Micros end_{0};
};

}  // namespace gst
