#pragma once

#include "core/aac.hpp"
#include "core/depacketizer.hpp"
#include "core/h264.hpp"
#include "core/h265.hpp"
#include "core/packet_nals.hpp"
#include "core/packet_oddities.hpp"

#include <cstdint>
#include <variant>
#include <vector>

// What an ingest tells of its media when somebody looks at it (IngestSpec.inspect).
namespace io {

struct PacketSeen {
  uint32_t track = 0;
  uint32_t ssrc = 0;
  uint8_t payloadType = 0;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  bool marker = false;
  size_t bytes = 0;  // header included
  core::Micros arrival{0};
  core::PacketNals nals;
  std::vector<core::Oddity> oddities;
};

struct UnitSeen {
  uint32_t track = 0;
  bool key = false;
  bool damaged = false;
  core::PictureType picture = core::PictureType::none;
  std::vector<uint8_t> nals;  // types as they came, those that are left out of the unit included
  size_t bytes = 0;
  uint32_t packets = 0;
  uint32_t timestamp = 0;
  core::Micros pts{0};  // the source's own media time
  core::Micros arrival{0};
};

struct ReportSeen {
  uint32_t track = 0;
  uint32_t ssrc = 0;
  core::Micros ntp{0};  // since 1900
  uint32_t timestamp = 0;
  core::Micros arrival{0};
};

// The first RTCP of a track that is no whole compound packet.
struct BrokenReportSeen {
  uint32_t track = 0;
};

// The first frame of an interleaved channel that was not set up.
struct StraySeen {
  uint8_t channel = 0;
};

struct H264Seen {
  core::h264::Sps sps;
  std::vector<core::h264::Pps> pps;
};

struct H265Seen {
  core::h265::Vps vps;
  core::h265::Sps sps;
  std::vector<core::h265::Pps> pps;
};

// From the description at first, then whenever the media change them.
struct ParametersSeen {
  uint32_t track = 0;
  std::variant<H264Seen, H265Seen, core::aac::AudioConfig> parameters;
};

}  // namespace io
