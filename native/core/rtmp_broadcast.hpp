#pragma once

#include "core/ring_packager.hpp"
#include "core/rtmp_packager.hpp"

#include <optional>

namespace core {

struct RtmpBroadcastConfig {
  RtmpConfig rtmp{};
  size_t ringMaxBytes = 20'000'000;  // beyond either only the key frame stays
  Micros ringMaxAge{30'000'000};
};

// A stream as messages of RTMP or tags of FLV for any number of players. Its times are those of the
// stream since the packager was there, so that whoever comes later begins at a later one. Damaged
// pictures are left out. It ends when a track becomes one of another kind, or of one that FLV does
// not carry. Media thread only, or under a lock.
class RtmpBroadcast final : public RingPackager {
 public:
  RtmpBroadcast(const RtmpBroadcastConfig& config, Sink sink);

  void epoch(const EpochRef& epoch) override;
  void frame(const FrameRef& frame) override;
  void ended() override;

  const std::deque<RtpBlock>& ring() const override { return ring_.blocks(); }
  // In true time: players of RTMP have no common way to catch up.
  const std::deque<RtpBlock>& compressedRing() override { return ring_.blocks(); }
  // What decoders need first.
  BlockRef report(Micros now) override;

 private:
  bool isTaken(const Frame& frame) const;
  void give(const OutputBlock& made);
  void end();

  const RtmpConfig config_;
  const Sink sink_;
  RtmpPackager packager_;
  RtpRing ring_;
  bool ended_ = false;
  uint32_t epochNumber_ = 0;
  std::optional<Micros> origin_;  // time 0
  Micros last_{0};  // decode time of what came last, since the origin
};

}  // namespace core
