#pragma once

#include "core/depacketizer.hpp"

#include <memory>
#include <vector>

namespace core {

// A depacketizer with what it gave. Packets are numbered by themselves unless a test loses some.
struct RtpFeed {
  std::vector<AccessUnit> units;
  std::vector<Parameters> parameters;
  std::vector<size_t> unitsBefore;  // how many units came before each of `parameters`
  uint16_t sequence = 65533;  // soon passes 0
  uint32_t ssrc = 1;
  std::unique_ptr<Depacketizer> depacketizer;

  explicit RtpFeed(const RtpTrackConfig& config)
      : depacketizer(makeDepacketizer(
            config, {.parameters =
                         [this](Parameters p) {
                           parameters.push_back(std::move(p));
                           unitsBefore.push_back(units.size());
                         },
                     .unit = [this](AccessUnit&& unit) { units.push_back(std::move(unit)); }})) {}

  void send(uint32_t timestamp, const Bytes& payload, bool marker = false) {
    RtpPacket packet;
    packet.sequence = sequence++;
    packet.timestamp = timestamp;
    packet.ssrc = ssrc;
    packet.marker = marker;
    packet.payload = payload;
    depacketizer->push(packet);
  }

  // A packet that the camera counted and never sent.
  void lose() { ++sequence; }
};

}  // namespace core
