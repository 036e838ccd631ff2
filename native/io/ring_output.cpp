#include "io/ring_output.hpp"

#include "core/live_packager.hpp"
#include "core/rtmp_broadcast.hpp"
#include "core/rtp_packager.hpp"
#include "io/clock.hpp"
#include "io/hub.hpp"

#include <utility>

namespace io {

namespace {
constexpr size_t kRoom = 8'000'000;  // in bytes: of blocks that JavaScript has not taken yet

template <typename Packager, typename Config>
RingOutput::MakePackager bounded(Config config) {
  return [config = std::move(config)](const core::StreamConfig& ring,
                                      core::RingPackager::Sink sink) mutable {
    config.ringMaxBytes = ring.ringMaxBytes;
    config.ringMaxAge = ring.ringMaxAge;
    return std::make_unique<Packager>(std::move(config), std::move(sink));
  };
}
}  // namespace

RingOutput::MakePackager packagerOf(core::RtpConfig config) {
  return bounded<core::RtpPackager>(std::move(config));
}

RingOutput::MakePackager packagerOf(core::LiveConfig config) {
  return bounded<core::LivePackager>(std::move(config));
}

RingOutput::MakePackager packagerOf(const core::RtmpConfig& config) {
  return [config](const core::StreamConfig& ring, core::RingPackager::Sink sink) {
    const core::RtmpBroadcastConfig whole{config, ring.ringMaxBytes, ring.ringMaxAge};
    return std::make_unique<core::RtmpBroadcast>(whole, std::move(sink));
  };
}

RingOutput::RingOutput(OutputPlace place, const MakePackager& make)
    : RingOutput(std::move(place), make, kRoom) {}

RingOutput::RingOutput(OutputPlace place, const MakePackager& make, size_t room)
    : OutputHandle(std::move(place)),
      untaken_(room),
      packager_(make(stream_->ringConfig(),
                     {.block = [this](const core::RtpBlock& block) { take(block); },
                      .ended = [this] { Hub::instance().close(id_); }})) {}

std::vector<core::RtpBlock> RingOutput::ring(bool compress) {
  std::lock_guard lock(mutex_);
  if (filling_ || stale_) return {};
  const auto& blocks = compress ? packager_->compressedRing() : packager_->ring();
  return {blocks.begin(), blocks.end()};
}

core::BlockRef RingOutput::report() {
  std::lock_guard lock(mutex_);
  return filling_ ? nullptr : packager_->report(now());
}

void RingOutput::pause() {
  stream_->post([self = shared_from_this(), this](core::Stream&) {
    std::lock_guard lock(mutex_);
    paused_ = stale_ = true;
  });
}

void RingOutput::play() {
  stream_->post([self = shared_from_this(), this](core::Stream&) {
    if (std::exchange(paused_, false) && epoch_) epoch(epoch_);
  });
}

void RingOutput::opened() {
  std::lock_guard lock(mutex_);
  filling_ = false;
  if (!packager_->ring().empty()) give(packager_->ring().back());
}

void RingOutput::epoch(const core::EpochRef& epoch) {
  epoch_ = epoch;
  std::lock_guard lock(mutex_);
  packager_->epoch(epoch);
}

void RingOutput::frame(const core::FrameRef& frame) {
  if (paused_) return;
  std::lock_guard lock(mutex_);
  packager_->frame(frame);
}

void RingOutput::ended() {
  std::lock_guard lock(mutex_);
  packager_->ended();
}

void RingOutput::take(const core::RtpBlock& block) {
  if (block.key) stale_ = false;
  if (filling_) return;
  if (untaken_.admits(block)) return give(block);
  leaveOut(block);
}

void RingOutput::give(const core::RtpBlock& block) {
  owner_->emit(id_, BlockMade{block, wait(block.bytes->size())});
}

}  // namespace io
