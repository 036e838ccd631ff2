#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <vector>

namespace core {

// RFC 3550 section 6.4.1: the sender's wall clock when its RTP clock showed `rtpTime`.
struct SenderReport {
  uint32_t ssrc = 0;
  Micros ntp{0};  // since 1900
  uint32_t rtpTime = 0;
};

// The sender reports of a compound packet; what is malformed is left out.
std::vector<SenderReport> parseSenderReports(ByteView compound);

// The sources that say goodbye in a compound packet (section 6.6).
std::vector<uint32_t> parseGoodbyes(ByteView compound);

}  // namespace core
