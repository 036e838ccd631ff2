#pragma once

#include "core/fmp4.hpp"
#include "core/live_message.hpp"
#include "core/ring_packager.hpp"

#include <optional>
#include <span>
#include <vector>

namespace core {

struct LiveConfig {
  std::vector<uint8_t> tracks{};  // indices in the epoch's tracks
  size_t ringMaxBytes = 20'000'000;  // beyond either only the key frame stays
  Micros ringMaxAge{30'000'000};
};

// A stream as messages of the live protocol, for all viewers who want the same tracks: a fragment
// of fMP4 for each picture, and one for the sound since the last picture behind it. Sound alone
// goes when 60 ms of it wait. Each track has an init section of its own, which stands before every
// key frame (every second without video), so that a viewer can begin at any. Damaged pictures are
// left out. It ends when one of its tracks becomes none that fMP4 carries. Media thread only, or
// under a lock.
class LivePackager final : public RingPackager {
 public:
  LivePackager(LiveConfig config, Sink sink);

  void epoch(const EpochRef& epoch) override;
  void frame(const FrameRef& frame) override;
  void ended() override;

  const std::deque<RtpBlock>& ring() const override { return ring_.blocks(); }
  // In true time: who shows it decides how fast.
  const std::deque<RtpBlock>& compressedRing() override { return ring_.blocks(); }
  // All that decoders need stands before key frames.
  BlockRef report(Micros) override { return nullptr; }

 private:
  struct Lane {
    uint8_t track = 0;
    Bytes init{};  // the payload of its message
  };
  bool isTaken(const Frame& frame) const;
  bool begin(Lane& lane) const;
  void end();
  void flush(const FrameRef& picture);
  bool beginsAnew(const Frame* picture, Micros now);
  void writeInits(const Frame& first, Bytes& out);
  void writePicture(const FrameRef& picture, Bytes& out);
  void writeSound(Bytes& out);
  void write(std::span<const fmp4::Sample> samples, Bytes& out);
  RtpBlock describe(const Frame* picture, const Frame& newest);

  const Sink sink_;
  std::vector<Lane> lanes_;
  RtpRing ring_;
  EpochRef epoch_;
  bool ended_ = false;
  bool hasVideo_ = false;

  std::vector<fmp4::Sample> sound_;  // waits for a picture
  uint64_t lastNumber_ = 0;
  uint32_t sequence_ = 0;  // of messages
  std::optional<Micros> lastInit_;  // arrival
};

}  // namespace core
