#pragma once

#include "core/packetizer.hpp"
#include "core/rtp_clock.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace core {

// One track of an RTP output: what its readers agreed on in SETUP.
struct RtpTrack {
  uint8_t track = 0;  // index in the epoch's tracks
  uint8_t channel = 0;  // interleaved
  uint8_t rtcpChannel = 1;
  uint8_t payloadType = 96;
  uint32_t ssrc = 0;  // random; sequence numbers and times begin at values derived from it
  // Encrypts a packet in place (SRTP); unset: it goes as it is.
  std::function<void(Bytes& packet, bool isRtcp)> seal{};
};

// What a packet has in front on RTSP's connection: RFC 2326 section 10.12, RFC 3550 section 5.1.
constexpr size_t kInterleavedHeader = 4;
constexpr size_t kRtpHeader = 12;

// Numbers, stamps and writes the packets of one track, interleaved. Media thread only.
class RtpSender {
 public:
  RtpSender(const RtpTrack& spec, uint32_t clockRateHz);

  const RtpTrack& spec() const { return spec_; }
  uint16_t nextSequence() const { return sequence_; }
  uint32_t timeOf(Micros media) { return clock_.timeOf(media); }

  // An epoch with these parameters.
  void begin(const Track& track);
  // False: no key frame came before it. Damaged pictures are the stream's to pass or to keep.
  bool takes(const Frame& frame);
  // Adds the packets of a frame to the list; says their RTP time.
  uint32_t packetize(const Frame& frame, size_t maxPacketBytes, PayloadList& list);
  void write(const PayloadList& list, size_t packet, uint32_t rtpTime, Bytes& out);
  // Appends a sender report: at `wall` the media was at `media`.
  void report(Micros wall, Micros media, std::string_view name, Bytes& out);

 private:
  void writeHeader(uint8_t channel, size_t size, Bytes& out);
  void seal(size_t header, bool isRtcp, Bytes& out);

  const RtpTrack spec_;
  RtpClock clock_;
  std::unique_ptr<Packetizer> packetizer_;
  bool isParsedVideo_ = false;
  bool awaitsKey_ = true;
  bool epochBegins_ = true;
  uint16_t sequence_;
  uint32_t packets_ = 0;
  uint32_t bytes_ = 0;
};

}  // namespace core
