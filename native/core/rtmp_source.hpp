#pragma once

#include "core/flv_track.hpp"
#include "core/frame.hpp"
#include "core/rtmp_chunks.hpp"
#include "core/rtmp_timeline.hpp"
#include "core/stream.hpp"

#include <array>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace core {

// Makes the frames of a stream out of the messages of one publisher of RTMP: a picture, a sound, or
// both. Frames wait until both are known, for a second at most where nobody says that there is only
// one. Media thread only.
class RtmpSource {
 public:
  struct Sink {
    std::function<void(std::vector<Track>, Stream::Splice)> begin;
    std::function<void(Frame&&)> frame;
    // Once: what is sent is of no use to anybody, in words.
    std::function<void(const std::string&)> refused;
  };
  explicit RtmpSource(Sink sink) : sink_(std::move(sink)) {}

  // Of type audio, video or aggregate.
  void push(const rtmp::Message& message, Micros arrival);
  // What its metadata says that there is.
  void expect(bool video, bool audio) { expected_ = {video, audio}; }

 private:
  struct Lane {
    flv::TrackReader reader;
    std::optional<uint8_t> track{};  // index in the epoch's tracks, once it is known
    SoundSpacing spacing{};
    std::optional<Micros> last{};  // decode time
  };

  void pushAggregate(const rtmp::Message& message, Micros arrival);
  void take(Kind kind, const rtmp::Message& message, Micros arrival);
  void learned(Lane& lane);
  static Frame frameOf(Lane& lane, flv::Unit&& unit, const flv::Tag& tag, Micros time);
  void give(Frame&& frame);
  bool mayBegin(Micros arrival) const;
  void begin();
  void refuse(Kind kind, std::string_view name);

  const Sink sink_;
  std::array<Lane, 2> lanes_;  // the picture, the sound
  uint8_t known_ = 0;  // tracks
  std::array<bool, 2> expected_{true, true};
  RtmpTimeline timeline_;
  Stream::Splice splice_ = Stream::Splice::elapsed;
  bool begun_ = false;
  bool refused_ = false;
  std::optional<Micros> first_;  // arrival of the first media
  std::deque<Frame> held_;
  size_t heldBytes_ = 0;
};

}  // namespace core
