#include "io/live_stream.hpp"

#include <algorithm>
#include <utility>

namespace io {

LiveStream::LiveStream(Id id, const StreamSpec& spec, MediaThread& thread, OwnerRef owner)
    : id(id),
      thread(thread),
      owner(std::move(owner)),
      stream_({spec.ringMaxBytes, spec.ringMaxAge, spec.passDamaged},
              [this](const core::EpochRef& epoch) { began(epoch); }) {}

void LiveStream::post(std::function<void(core::Stream&)> task) {
  thread.post([self = shared_from_this(), task = std::move(task)] { task(self->stream_); });
}

void LiveStream::began(const core::EpochRef& epoch) {
  counters_.epoch = epoch->number;
  owner->emit(id, EpochBegan{epoch});
}

bool LiveStream::push(core::Frame&& frame) {
  const core::Micros arrival = frame.arrival;
  if (frame.damaged) counters_.add(counters_.damagedFrames, 1);
  const core::FrameRef newest = stream_.keyFrame();
  const uint8_t track = frame.track;
  if (!stream_.push(std::move(frame))) {
    // What is kept from outputs shows that the source is there.
    if (stream_.flows()) counters_.lastFrameUs = arrival.count();
    return false;
  }
  counters_.add(counters_.frames, 1);
  if (stream_.epoch()->tracks[track].kind == core::Kind::video)
    counters_.add(counters_.pictures, 1);
  counters_.lastFrameUs = arrival.count();
  if (const core::FrameRef key = stream_.keyFrame(); key != newest) countKey(*key, newest);
  counters_.ringBytes.store(stream_.ringBytes(), std::memory_order_relaxed);
  return true;
}

void LiveStream::countKey(const core::Frame& key, const core::FrameRef& before) {
  counters_.add(counters_.keyFrames, 1);
  counters_.lastKeyFrameUs = key.arrival.count();
  if (!before || before->epoch != key.epoch) return;
  const int64_t distance = (key.pts - before->pts).count();
  counters_.keyDistanceUs = std::max(counters_.keyDistanceUs.load(), distance);
}

StreamStats LiveStream::stats() const {
  return {.bytes = counters_.bytes,
          .packets = counters_.packets,
          .lostPackets = counters_.lostPackets,
          .undecryptablePackets = counters_.undecryptablePackets,
          .jitterUs = counters_.jitterUs,
          .frames = counters_.frames,
          .pictures = counters_.pictures,
          .keyFrames = counters_.keyFrames,
          .damagedFrames = counters_.damagedFrames,
          .resyncs = counters_.resyncs,
          .lastFrameUs = counters_.lastFrameUs,
          .lastKeyFrameUs = counters_.lastKeyFrameUs,
          .keyDistanceUs = counters_.keyDistanceUs,
          .ringBytes = counters_.ringBytes,
          .epoch = counters_.epoch};
}

}  // namespace io
