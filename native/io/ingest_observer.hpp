#pragma once

#include "core/depacketizer.hpp"
#include "core/packet.hpp"
#include "core/rtcp.hpp"
#include "io/owner.hpp"

#include <bitset>
#include <deque>
#include <string>
#include <vector>

namespace io {

struct ArrivedPacket {
  const core::RtpPacket& packet;
  size_t bytes;  // header included
  core::Micros arrival;
  bool meant;  // it will be depacketised
};

// Tells of every packet, access unit and sender report of an ingest. Media thread only, but for the
// constructor and what SDP says of parameters.
class IngestObserver {
 public:
  IngestObserver(Id id, OwnerRef owner, const std::vector<std::string>& codecs);

  void packet(size_t track, const ArrivedPacket& arrived);
  void unit(size_t track, const core::AccessUnit& unit, core::Micros pts, core::Micros arrival);
  void report(size_t track, const core::SenderReport& report, core::Micros arrival);
  void rtcp(size_t track, core::ByteView compound);
  void stray(uint8_t channel);
  void parameters(size_t track, const core::Parameters& parameters);

 private:
  // Packets of one timestamp that no unit has come out of yet.
  struct Group {
    uint32_t timestamp = 0;
    uint32_t packets = 0;
    std::vector<uint8_t> nals;
  };
  struct Track {
    std::string codec;
    std::deque<Group> groups;
    bool brokenReport = false;  // was told
  };
  static void keep(Track& track, const core::RtpPacket& packet, const core::PacketNals& nals);
  static Group take(Track& track, uint32_t timestamp);

  const Id id_;
  const OwnerRef owner_;
  std::vector<Track> tracks_;
  std::bitset<256> strays_;  // channels that were told
};

}  // namespace io
