#include "io/rtmp_output.hpp"

#include "io/hub.hpp"

#include <utility>

namespace io {

namespace {
constexpr size_t kUntakenBytes =
    8'000'000;  // in bytes: of blocks that JavaScript has not taken yet
}  // namespace

RtmpOutput::RtmpOutput(OutputPlace place, const core::RtmpRelay::Options& options)
    : OutputHandle(std::move(place)),
      untaken_(kUntakenBytes),
      relay_(options, {.block = [this](const core::OutputBlock& block) { take(block); },
                       .flows = [this] { owner_->emit(id_, StateChanged{"playing"}); },
                       .ended = [this] { owner_->emit(id_, EndOfStream{}); },
                       .refused = [this] { Hub::instance().close(id_); }}) {
  if (options.paused) owner_->emit(id_, StateChanged{"paused"});
}

void RtmpOutput::pause() {
  command(&core::RtmpRelay::pause);
  owner_->emit(id_, StateChanged{"paused"});
}

void RtmpOutput::play() { command(&core::RtmpRelay::play); }

void RtmpOutput::finish() { command(&core::RtmpRelay::finish); }

void RtmpOutput::command(void (core::RtmpRelay::*order)()) {
  std::lock_guard lock(mutex_);
  (relay_.*order)();
}

PipelineStats RtmpOutput::stats() {
  std::lock_guard lock(mutex_);
  const core::RtmpRelay::Counts counts = relay_.counts();
  return {counts.position, counts.bytes, counts.frames, counts.keyFrames, counts.droppedFrames};
}

void RtmpOutput::epoch(const core::EpochRef& epoch) {
  std::lock_guard lock(mutex_);
  relay_.epoch(epoch);
}

void RtmpOutput::frame(const core::FrameRef& frame) {
  std::lock_guard lock(mutex_);
  relay_.frame(frame);
}

void RtmpOutput::ended() {
  std::lock_guard lock(mutex_);
  relay_.ended();
}

void RtmpOutput::take(const core::OutputBlock& block) {
  if (untaken_.admits(block))
    owner_->emit(id_, BlockMade{block, untaken_.wait(block.bytes->size())});
}

}  // namespace io
