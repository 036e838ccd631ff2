#include "core/rtmp_source.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace core {

namespace {

// So long frames wait for the other track, and so many bytes of them.
constexpr Micros kOtherTrack{1'000'000};
constexpr size_t kMostHeld = 8'000'000;
// By how much a decode time is put behind the one before it.
constexpr Micros kLeastStep{1'000};

constexpr size_t kTagHead = 11;
constexpr size_t kBackPointer = 4;

// What nobody can mean is nothing.
Micros compositionOf(const flv::Tag& tag) {
  constexpr int64_t kLongest = 10'000;
  const int64_t milliseconds = tag.composition;
  return Micros{std::abs(milliseconds) > kLongest ? 0 : milliseconds * 1000};
}

}  // namespace

void RtmpSource::push(const rtmp::Message& message, Micros arrival) {
  if (message.type == rtmp::kAggregate) return pushAggregate(message, arrival);
  take(message.type == rtmp::kVideo ? Kind::video : Kind::audio, message, arrival);
}

// RTMP 1.0 section 7.1.6: tags of FLV, each with its size behind it; their times are moved so that
// the first one has the message's.
void RtmpSource::pushAggregate(const rtmp::Message& message, Micros arrival) {
  std::optional<uint32_t> first;
  for (ByteView rest = message.payload; rest.size() >= kTagHead;) {
    const uint32_t size = read32(rest, 0) & 0xffffff;
    const uint32_t time = read32(rest, 4) >> 8 | uint32_t{rest[7]} << 24;
    const uint8_t type = rest[0];
    if (!first) first = time;
    rest = rest.subspan(kTagHead);
    if (size > rest.size()) return;
    rtmp::Message part{message, rest.first(size)};
    part.type = type;
    part.timestamp = message.timestamp + (time - *first);
    if (type == rtmp::kAudio || type == rtmp::kVideo) push(part, arrival);
    rest = rest.subspan(std::min(size + kBackPointer, rest.size()));
  }
}

void RtmpSource::take(Kind kind, const rtmp::Message& message, Micros arrival) {
  const auto tags = kind == Kind::video ? flv::parseVideoTags(message.payload)
                                        : flv::parseAudioTags(message.payload);
  std::optional<Micros> time;
  for (const flv::Tag& tag : tags) {
    if (tag.use == flv::Tag::Use::nothing) continue;
    if (tag.codec.empty()) {
      refuse(kind, tag.name);
      continue;
    }
    if (!first_) first_ = arrival;
    Lane* lane = laneOf(kind, tag.track);
    if (lane == nullptr) continue;
    if (lane->reader.learn(tag)) learned(*lane);
    if (tag.use != flv::Tag::Use::media) continue;
    if (!time) time = stamp(message, arrival);
    take(*lane, tag, arrival, *time);
  }
}

void RtmpSource::take(Lane& lane, const flv::Tag& tag, Micros arrival, Micros time) {
  auto unit = lane.reader.take(tag);
  if (unit && lane.track) {
    Frame frame = frameOf(lane, std::move(*unit), tag, time + tag.later);
    frame.arrival = arrival;
    give(std::move(frame));
  }
  if (!begun_ && mayBegin(arrival)) begin();
}

Micros RtmpSource::stamp(const rtmp::Message& message, Micros arrival) {
  const RtmpTimeline::Stamp stamp = timeline_.stamp(message.timestamp, arrival);
  if (stamp.restart) {
    splice_ = Stream::Splice::elapsed;
    if (begun_) begin();
  }
  return stamp.time;
}

// nullptr: there are as many as may be.
RtmpSource::Lane* RtmpSource::laneOf(Kind kind, uint8_t id) {
  for (Lane& lane : lanes_)
    if (lane.kind == kind && lane.id == id) return &lane;
  if (lanes_.size() == kMostTracks) return nullptr;
  return &lanes_.emplace_back(Lane{kind, id});
}

void RtmpSource::learned(Lane& lane) {
  if (!lane.track) lane.track = known_++;
  if (begun_) begin();
}

Frame RtmpSource::frameOf(Lane& lane, flv::Unit&& unit, const flv::Tag& tag, Micros time) {
  Frame frame;
  frame.track = *lane.track;
  frame.key = unit.key;
  frame.droppable = unit.droppable;
  const Parameters& parameters = lane.reader.track()->parameters;
  if (const AudioParameters* audio = audioOf(parameters)) {
    frame.duration = unitDuration(parameters, unit.payload);
    const uint32_t samples = unitSamples(parameters, unit.payload);
    time = lane.spacing.next(time, samples, audio->sampleRateHz);
  }
  frame.dts = lane.last ? std::max(time, *lane.last + kLeastStep) : time;
  lane.last = frame.dts;
  frame.pts = frame.dts + compositionOf(tag);
  frame.payload = std::move(unit.payload);
  return frame;
}

void RtmpSource::give(Frame&& frame) {
  if (begun_) return sink_.frame(std::move(frame));
  heldBytes_ += frame.payload.size();
  held_.push_back(std::move(frame));
}

bool RtmpSource::isKnown(Kind kind) const {
  return std::any_of(lanes_.begin(), lanes_.end(),
                     [&](const Lane& lane) { return lane.kind == kind && lane.track; });
}

bool RtmpSource::mayBegin(Micros arrival) const {
  if (known_ == 0) return false;
  const bool isVideoAwaited = expectsVideo_ && !isKnown(Kind::video);
  const bool isAudioAwaited = expectsAudio_ && !isKnown(Kind::audio);
  if (!isVideoAwaited && !isAudioAwaited) return true;
  return arrival - *first_ >= kOtherTrack || heldBytes_ > kMostHeld;
}

void RtmpSource::begin() {
  std::vector<Track> tracks(known_);
  for (const Lane& lane : lanes_)
    if (lane.track) tracks[*lane.track] = *lane.reader.track();
  sink_.begin(std::move(tracks), std::exchange(splice_, Stream::Splice::same));
  begun_ = true;
  heldBytes_ = 0;
  for (Frame& frame : std::exchange(held_, {})) sink_.frame(std::move(frame));
}

void RtmpSource::refuse(Kind kind, std::string_view name) {
  if (std::exchange(refused_, true)) return;
  sink_.refused(std::string(kind == Kind::video ? "pictures" : "sound") + " of " +
                std::string(name) + ", which nobody here plays");
}

}  // namespace core
