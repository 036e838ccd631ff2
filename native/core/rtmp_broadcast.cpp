#include "core/rtmp_broadcast.hpp"

#include <algorithm>
#include <utility>

namespace core {

namespace {
// The first frame is not at time 0: sound that belongs to it may lie before it.
constexpr Micros kLeadIn{1'000'000};

RtmpConfig withHeadersApart(RtmpConfig config) {
  config.headersApart = true;
  return config;
}
}  // namespace

RtmpBroadcast::RtmpBroadcast(const RtmpBroadcastConfig& config, Sink sink)
    : config_(withHeadersApart(config.rtmp)),
      sink_(std::move(sink)),
      packager_(config_, [this](const OutputBlock& made) { give(made); }),
      ring_(config.ringMaxBytes, config.ringMaxAge) {}

void RtmpBroadcast::epoch(const EpochRef& epoch) {
  if (ended_) return;
  epochNumber_ = epoch->number;
  if (!packager_.begin(epoch->tracks)) end();
}

void RtmpBroadcast::frame(const FrameRef& frame) {
  if (ended_ || !isTaken(*frame)) return;
  if (!origin_) origin_ = frame->dts - kLeadIn;
  last_ = std::max(frame->dts - *origin_, Micros{0});
  packager_.add(*frame, last_, std::max(frame->pts - *origin_, last_));
}

bool RtmpBroadcast::isTaken(const Frame& frame) const {
  const bool isOurs = frame.track == config_.video || frame.track == config_.audio;
  return isOurs && frame.epoch == epochNumber_ && !frame.damaged;
}

void RtmpBroadcast::ended() {
  if (ended_) return;
  packager_.flush();
  end();
}

void RtmpBroadcast::end() {
  ended_ = true;
  sink_.ended();
}

void RtmpBroadcast::give(const OutputBlock& made) {
  RtpBlock block;
  static_cast<OutputBlock&>(block) = made;
  ring_.add(block);
  sink_.block(block);
}

BlockRef RtmpBroadcast::report(Micros) {
  if (!origin_) return nullptr;
  return makeBlock(packager_.headers(last_));
}

}  // namespace core
