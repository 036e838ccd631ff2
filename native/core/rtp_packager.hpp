#pragma once

#include "core/ring_packager.hpp"
#include "core/rtp_sender.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace core {

struct RtpConfig {
  std::vector<RtpTrack> tracks{};
  size_t maxPacketBytes = 1440;  // with the RTP header
  size_t ringMaxBytes = 20'000'000;  // beyond either only the key frame stays
  Micros ringMaxAge{30'000'000};
};

// Packages a stream into interleaved RTP, once for all readers that have the same tracks on the
// same channels, and keeps the ring of what it made. Media thread only.
//
// A block is one picture with all its packets; audio rides in front of the next picture, or alone
// when none comes for 60 ms. Sender reports are in the first block and then every 5 s. Damaged
// pictures and what refers to them are left out. A new epoch goes on where a reader can follow it
// with the session description it has; otherwise the packager ends.
class RtpPackager final : public RingPackager {
 public:
  RtpPackager(RtpConfig config, Sink sink);

  void epoch(const EpochRef& epoch) override;
  void frame(const FrameRef& frame) override;
  void ended() override;

  const std::deque<RtpBlock>& ring() const override { return ring_.blocks(); }
  const std::deque<RtpBlock>& compressedRing() override;
  // A sender report for each track.
  BlockRef report(Micros now) override;

 private:
  struct Waiting {
    FrameRef frame;
    RtpSender* sender;
    size_t packets = 0;
    uint32_t rtpTime = 0;
  };
  bool begin(const std::vector<Track>& tracks);
  bool follow(const std::vector<Track>& tracks);
  void end();
  RtpSender* senderOf(uint8_t track);
  void flush(const Frame* picture);
  bool packetize();
  RtpBlock describe(const Frame* picture);
  Bytes write();
  void writeReports(Micros now);

  const RtpConfig config_;
  const Sink sink_;
  const size_t maxPacketBytes_;
  const std::string name_;
  bool ended_ = false;
  std::vector<Track> described_;  // the epoch's tracks as readers know them
  uint32_t epochNumber_ = 0;
  std::vector<RtpSender> senders_;
  const RtpSender* lead_ = nullptr;  // of the pictures; nullptr without video

  std::vector<Waiting> waiting_;  // frames of the block to come
  size_t waitingBytes_ = 0;
  PayloadList payloads_;
  Bytes reports_;  // sender reports to go in front of them

  uint64_t lastNumber_ = 0;
  ReportClock reportClock_;
  std::optional<Micros> lastReport_;
  RtpRing ring_;
};

}  // namespace core
