#include "io/rtp_output.hpp"

#include "io/clock.hpp"
#include "io/hub.hpp"

#include <utility>

namespace io {

namespace {
constexpr size_t kRoom = 8'000'000;  // in bytes: of blocks that JavaScript has not taken yet

core::RtpConfig bounded(core::RtpConfig config, const core::StreamConfig& stream) {
  config.ringMaxBytes = stream.ringMaxBytes;
  config.ringMaxAge = stream.ringMaxAge;
  return config;
}
}  // namespace

RtpOutput::RtpOutput(OutputPlace place, core::RtpConfig config)
    : RtpOutput(std::move(place), std::move(config), kRoom) {}

RtpOutput::RtpOutput(OutputPlace place, core::RtpConfig config, size_t room)
    : OutputHandle(std::move(place)),
      untaken_(room),
      packager_(bounded(std::move(config), stream_->ringConfig()),
                {.block = [this](const core::RtpBlock& block) { take(block); },
                 .ended = [this] { Hub::instance().close(id_); }}) {}

std::vector<core::RtpBlock> RtpOutput::ring(bool compress) {
  std::lock_guard lock(mutex_);
  if (filling_) return {};
  const auto& blocks = compress ? packager_.compressedRing() : packager_.ring();
  return {blocks.begin(), blocks.end()};
}

core::BlockRef RtpOutput::report() {
  std::lock_guard lock(mutex_);
  return filling_ ? nullptr : packager_.report(now());
}

void RtpOutput::opened() {
  std::lock_guard lock(mutex_);
  filling_ = false;
  if (!packager_.ring().empty()) give(packager_.ring().back());
}

void RtpOutput::epoch(const core::EpochRef& epoch) {
  std::lock_guard lock(mutex_);
  packager_.epoch(epoch);
}

void RtpOutput::frame(const core::FrameRef& frame) {
  std::lock_guard lock(mutex_);
  packager_.frame(frame);
}

void RtpOutput::ended() {
  std::lock_guard lock(mutex_);
  packager_.ended();
}

void RtpOutput::take(const core::RtpBlock& block) {
  if (filling_) return;
  if (untaken_.admits(block)) return give(block);
  leaveOut(block);
}

void RtpOutput::give(const core::RtpBlock& block) {
  owner_->emit(id_, BlockMade{block, wait(block.bytes->size())});
}

}  // namespace io
