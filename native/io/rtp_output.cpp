#include "io/rtp_output.hpp"

#include "io/clock.hpp"
#include "io/hub.hpp"

#include <utility>

namespace io {

namespace {
constexpr size_t kUntakenBytes = 8'000'000;

core::RtpConfig bounded(core::RtpConfig config, const core::StreamConfig& stream) {
  config.ringMaxBytes = stream.ringMaxBytes;
  config.ringMaxAge = stream.ringMaxAge;
  return config;
}
}  // namespace

RtpOutput::RtpOutput(Id id, LiveStreamRef stream, OwnerRef owner, core::RtpConfig config)
    : OutputHandle(id, std::move(stream), std::move(owner)),
      packager_(bounded(std::move(config), stream_->ringConfig()),
                {.block = [this](const core::RtpBlock& block) { take(block); },
                 .ended = [this] { Hub::instance().close(id_); }}) {}

std::vector<core::RtpBlock> RtpOutput::ring(bool compress) {
  std::lock_guard lock(mutex_);
  const auto& blocks = compress ? packager_.compressedRing() : packager_.ring();
  return {blocks.begin(), blocks.end()};
}

core::BlockRef RtpOutput::report() {
  std::lock_guard lock(mutex_);
  return packager_.report(now());
}

void RtpOutput::opened() {
  filling_ = false;
  if (!packager_.ring().empty()) tell(packager_.ring().back());
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

// JavaScript that lags gets nothing up to the next key frame; the numbers tell it.
void RtpOutput::take(const core::RtpBlock& block) {
  if (filling_) return;
  if (*untaken_ > kUntakenBytes) awaitsKey_ = true;
  if (awaitsKey_ && (!block.key || *untaken_ > kUntakenBytes / 2)) return;
  awaitsKey_ = false;
  tell(block);
}

void RtpOutput::tell(const core::RtpBlock& block) {
  const size_t size = block.bytes->size();
  *untaken_ += size;
  owner_->emit(id_, BlockMade{block, {nullptr, [untaken = untaken_, size](std::nullptr_t) {
                                        *untaken -= size;
                                      }}});
}

}  // namespace io
