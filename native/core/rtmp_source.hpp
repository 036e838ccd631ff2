#pragma once

#include "core/flv_track.hpp"
#include "core/frame.hpp"
#include "core/rtmp_chunks.hpp"
#include "core/rtmp_timeline.hpp"
#include "core/stream.hpp"

#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace core {

// Makes the frames of a stream out of the messages of one publisher of RTMP: pictures and sound, at
// most kMostTracks. Frames wait until there is one of each kind, for a second at most where nobody
// says that there is only one; tracks that come later begin another epoch. Media thread only.
class RtmpSource {
 public:
  struct Sink {
    std::function<void(std::vector<Track>, Stream::Splice)> begin;
    std::function<void(Frame&&)> frame;
    // Once: what is sent is of no use to anybody, in words.
    std::function<void(const std::string&)> refused;
  };
  static constexpr size_t kMostTracks = 8;
  explicit RtmpSource(Sink sink) : sink_(std::move(sink)) {}

  // Of type audio, video or aggregate.
  void push(const rtmp::Message& message, Micros arrival);
  // What its metadata says that there is.
  void expect(bool video, bool audio) {
    expectsVideo_ = video;
    expectsAudio_ = audio;
  }

 private:
  struct Lane {
    Kind kind;
    uint8_t id;  // among those of its kind
    flv::TrackReader reader{};
    std::optional<uint8_t> track{};  // index in the epoch's tracks, once it is known
    SoundSpacing spacing{};
    std::optional<Micros> last{};  // decode time
  };

  void pushAggregate(const rtmp::Message& message, Micros arrival);
  void take(Kind kind, const rtmp::Message& message, Micros arrival);
  void take(Lane& lane, const flv::Tag& tag, Micros arrival, Micros time);
  Micros stamp(const rtmp::Message& message, Micros arrival);
  Lane* laneOf(Kind kind, uint8_t id);
  bool isKnown(Kind kind) const;
  void learned(Lane& lane);
  static Frame frameOf(Lane& lane, flv::Unit&& unit, const flv::Tag& tag, Micros time);
  void give(Frame&& frame);
  bool mayBegin(Micros arrival) const;
  void begin();
  void refuse(Kind kind, std::string_view name);

  const Sink sink_;
  std::vector<Lane> lanes_;
  uint8_t known_ = 0;  // tracks
  bool expectsVideo_ = true;
  bool expectsAudio_ = true;
  RtmpTimeline timeline_;
  Stream::Splice splice_ = Stream::Splice::elapsed;
  bool begun_ = false;
  bool refused_ = false;
  std::optional<Micros> first_;  // arrival of the first media
  std::deque<Frame> held_;
  size_t heldBytes_ = 0;
};

}  // namespace core
