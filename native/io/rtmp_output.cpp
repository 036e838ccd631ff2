#include "io/rtmp_output.hpp"

#include "io/hub.hpp"

#include <algorithm>
#include <utility>

namespace io {

namespace {
constexpr size_t kUntakenBytes =
    8'000'000;  // in bytes: of blocks that JavaScript has not taken yet
// What may wait for a server that takes less than comes, and how long. Networks stand still for a
// second at times.
constexpr size_t kUnsentBytes = 16'000'000;
constexpr core::Micros kUnsentAge{5'000'000};

std::optional<TcpWriter> writerTo(Descriptor socket) {
  if (socket.get() < 0) return std::nullopt;
  return std::optional<TcpWriter>{std::in_place, std::move(socket)};
}
}  // namespace

RtmpOutput::RtmpOutput(OutputPlace place, const core::RtmpRelay::Options& options,
                       Descriptor socket)
    : OutputHandle(std::move(place)),
      hasVideo_(options.rtmp.video.has_value()),
      writer_(writerTo(std::move(socket))),
      untaken_(writer_ ? kUnsentBytes : kUntakenBytes),
      relay_(options, {.block = [this](const core::OutputBlock& block) { take(block); },
                       .flows = [this] { owner_->emit(id_, StateChanged{"playing"}); },
                       .ended =
                           [this] {
                             hasEnded_ = true;
                             noteEnd();
                           },
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
  return {counts.position, counts.bytes - std::min(counts.bytes, leftOut_.bytes),
          counts.frames - leftOut_.frames, counts.keyFrames - leftOut_.keyFrames,
          counts.droppedFrames + leftOut_.frames};
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

void RtmpOutput::opened() {
  if (writer_) stream_->thread.watch(writer_->fd(), EPOLLOUT | EPOLLET, *this);
}

// The peer sees the end of the connection when Node's descriptor is closed as well.
void RtmpOutput::closing() {
  std::lock_guard lock(mutex_);
  if (writer_) stream_->thread.unwatch(writer_->fd());
  writer_.reset();
}

void RtmpOutput::ready() {
  std::lock_guard lock(mutex_);
  writer_->flush();
  noteEnd();
}

void RtmpOutput::write(core::Bytes bytes) {
  std::lock_guard lock(mutex_);
  if (writer_) writer_->write(core::makeBlock(std::move(bytes)));
}

void RtmpOutput::check(core::Micros patience) {
  std::lock_guard lock(mutex_);
  if (writer_ && writer_->stalled() > patience && !std::exchange(isGivenUp_, true))
    owner_->emit(id_, Ended{"it takes nothing"});
}

// With the mutex held.
bool RtmpOutput::isAllSent() const {
  return !writer_ || (writer_->isEmpty() && !writer_->isBroken());
}

// With the mutex held.
void RtmpOutput::noteEnd() {
  if (!hasEnded_ || !isAllSent()) return;
  hasEnded_ = false;
  owner_->emit(id_, EndOfStream{});
}

// With the mutex held.
void RtmpOutput::leaveOut(const core::OutputBlock& block) {
  leftOut_.frames += hasVideo_ ? block.hasVideo : block.packets;
  leftOut_.keyFrames += hasVideo_ && block.key ? 1 : 0;
  leftOut_.bytes += block.bytes->size();
}

// With the mutex held.
void RtmpOutput::take(const core::OutputBlock& block) {
  if (!untaken_.admits(block, writer_ && writer_->age() > kUnsentAge)) return leaveOut(block);
  std::shared_ptr<void> token = untaken_.wait(block.bytes->size());
  if (writer_)
    writer_->write(block.bytes, std::move(token));
  else
    owner_->emit(id_, BlockMade{block, std::move(token)});
}

}  // namespace io
