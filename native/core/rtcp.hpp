#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace core {

// RFC 3550 section 6.4.1: the sender's wall clock when its RTP clock showed `rtpTime`.
struct SenderReport {
  uint32_t ssrc = 0;
  Micros ntp{0};  // since 1900
  uint32_t ntpMiddle = 0;  // the same in 1/65536 s, modulo 2^32: what receivers tell it by
  uint32_t rtpTime = 0;
};

// The sender reports of a compound packet; what is malformed is left out.
std::vector<SenderReport> parseSenderReports(ByteView compound);

struct SentReport {
  uint32_t ssrc = 0;
  Micros wall{0};  // since 1970
  uint32_t rtpTime = 0;  // at the same moment
  uint32_t packets = 0;  // sent until then
  uint32_t bytes = 0;  // of their payloads
  std::string_view name;  // CNAME: tracks of one name belong together; at most 255 bytes
};

// Appends a sender report and the CNAME that every compound has to have (section 6.1).
void appendSenderReport(const SentReport& report, Bytes& out);

// What was heard of one source, RFC 3550 section 6.4.1.
struct ReceptionReport {
  uint32_t ssrc = 0;
  uint8_t fractionLost = 0;  // since the last report, in 1/256
  int32_t lost = 0;  // since the start; less than 0 where packets came twice
  uint32_t highestSequence = 0;  // with the number of its rounds in the upper half
  uint32_t jitter = 0;  // in units of the RTP clock
  uint32_t lastReport = 0;  // ntpMiddle of the last sender report, 0 = none yet
  uint32_t delay = 0;  // since it came, in 1/65536 s
};

// Appends a receiver report of `ssrc`, which is ours, and its CNAME.
void appendReceiverReport(uint32_t ssrc, const ReceptionReport& heard, std::string_view name,
                          Bytes& out);

// Appends that a picture of `source` was lost (PLI, RFC 4585 section 6.3.1): its encoder is asked
// for a key frame. A report of `ssrc` has to stand before it (section 3.1).
void appendPictureLoss(uint32_t ssrc, uint32_t source, Bytes& out);

// Whether it is a compound packet from its first byte to its last (section A.2).
bool isCompound(ByteView bytes);

// The sources that say goodbye in a compound packet (section 6.6).
std::vector<uint32_t> parseGoodbyes(ByteView compound);

}  // namespace core
