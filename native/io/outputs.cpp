#include "io/outputs.hpp"

#include <utility>

namespace io {

OutputHandle::OutputHandle(OutputPlace place)
    : id_(place.id), stream_(std::move(place.stream)), owner_(std::move(place.owner)) {}

void OutputHandle::open() {
  stream_->post([self = shared_from_this()](core::Stream& stream) {
    stream.add(self->taker());
    self->opened();
  });
}

void OutputHandle::close() {
  stream_->post([self = shared_from_this()](core::Stream& stream) {
    stream.remove(self->taker());
    self->closing();
    self->owner_->emit(self->id_, Closed{});
  });
}

HlsOutput::HlsOutput(OutputPlace place, core::HlsConfig config)
    : OutputHandle(std::move(place)),
      packager_(config,
                {.init = [this](const core::HlsInit& init) { owner_->emit(id_, InitMade{init}); },
                 .part = [this](const core::HlsSegment& segment,
                                size_t part) { tellPart(segment, segment.parts[part]); },
                 .segment =
                     [this](const core::HlsSegment& made) { owner_->emit(id_, SegmentMade{made}); },
                 .ended = [] {}}) {}

core::BlockRef HlsOutput::findInit(uint32_t number) {
  std::lock_guard lock(mutex_);
  const core::HlsInit* init = packager_.findInit(number);
  return init == nullptr ? nullptr : init->block;
}

void HlsOutput::tellPart(const core::HlsSegment& segment, const core::HlsPart& part) {
  owner_->emit(id_, PartMade{.segment = segment.number,
                             .init = segment.init,
                             .capture = segment.capture,
                             .discontinuity = segment.discontinuity,
                             .part = part,
                             .target = packager_.partTarget()});
}

core::BlockRef HlsOutput::findPart(uint64_t number) {
  std::lock_guard lock(mutex_);
  const core::HlsPart* part = packager_.findPart(number);
  return part == nullptr ? nullptr : part->block;
}

std::vector<core::BlockRef> HlsOutput::findSegment(uint64_t number) {
  std::lock_guard lock(mutex_);
  const core::HlsSegment* segment = packager_.findSegment(number);
  std::vector<core::BlockRef> blocks;
  if (segment == nullptr) return blocks;
  for (const core::HlsPart& part : segment->parts) blocks.push_back(part.block);
  return blocks;
}

void HlsOutput::epoch(const core::EpochRef& epoch) {
  std::lock_guard lock(mutex_);
  packager_.epoch(epoch);
}

void HlsOutput::frame(const core::FrameRef& frame) {
  std::lock_guard lock(mutex_);
  packager_.frame(frame);
}

void HlsOutput::ended() {
  std::lock_guard lock(mutex_);
  packager_.ended();
}

}  // namespace io
