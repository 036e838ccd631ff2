#include "core/rtp_sender.hpp"

#include "core/rtcp.hpp"

#include <utility>

namespace core {

namespace {
constexpr uint8_t kVersion = 0x80;
constexpr uint8_t kMarker = 0x80;

void setSize(size_t header, Bytes& out) {
  const size_t size = out.size() - header - kInterleavedHeader;
  out[header + 2] = static_cast<uint8_t>(size >> 8);
  out[header + 3] = static_cast<uint8_t>(size);
}

// Neighbouring values of `seed` give values far apart (the finalizer of MurmurHash3).
uint32_t scatter(uint32_t seed) {
  seed = (seed ^ seed >> 16) * 0x85ebca6b;
  seed = (seed ^ seed >> 13) * 0xc2b2ae35;
  return seed ^ seed >> 16;
}
}  // namespace

// RFC 3550 section 5.1: both SHOULD begin at random. Sequence numbers begin in the lower half, so
// that they do not pass 0 in the first seconds, which some receivers take badly.
RtpSender::RtpSender(const RtpTrack& spec, uint32_t clockRateHz)
    : spec_(spec),
      clock_(clockRateHz, scatter(spec.ssrc)),
      sequence_(scatter(spec.ssrc + 1) & 0x7fff) {}

void RtpSender::begin(const Track& track) {
  packetizer_ = makePacketizer(track);
  isParsedVideo_ = isParsedVideo(track);
  awaitsKey_ = isParsedVideo_;
  epochBegins_ = true;
}

bool RtpSender::takes(const Frame& frame) {
  if (frame.key && !frame.damaged) awaitsKey_ = false;
  return !isParsedVideo_ || !awaitsKey_;
}

uint32_t RtpSender::packetize(const Frame& frame, size_t maxPacketBytes, PayloadList& list) {
  if (std::exchange(epochBegins_, false)) clock_.anchorAt(frame.pts);
  packetizer_->packetize(frame, maxPacketBytes - kRtpHeader, list);
  return clock_.timeOf(frame.pts);
}

void RtpSender::writeHeader(uint8_t channel, size_t size, Bytes& out) {
  out.push_back('$');
  out.push_back(channel);
  append16(static_cast<uint16_t>(size), out);
}

void RtpSender::write(const PayloadList& list, size_t packet, uint32_t rtpTime, Bytes& out) {
  const size_t size = list.bytesOf(packet);
  const size_t header = out.size();
  writeHeader(spec_.channel, kRtpHeader + size, out);
  out.push_back(kVersion);
  out.push_back(
      static_cast<uint8_t>((list.isMarked(packet) ? kMarker : 0) | (spec_.payloadType & 0x7f)));
  append16(sequence_++, out);
  append32(rtpTime, out);
  append32(spec_.ssrc, out);
  list.write(packet, out);
  if (spec_.seal) seal(header, false, out);
  ++packets_;
  bytes_ += static_cast<uint32_t>(size);
}

void RtpSender::report(Micros wall, Micros media, std::string_view name, Bytes& out) {
  const size_t header = out.size();
  writeHeader(spec_.rtcpChannel, 0, out);
  appendSenderReport({spec_.ssrc, wall, timeOf(media), packets_, bytes_, name}, out);
  if (spec_.seal) return seal(header, true, out);
  setSize(header, out);
}

// The packet behind this header, which is the last one, as it goes to who has the key.
void RtpSender::seal(size_t header, bool isRtcp, Bytes& out) {
  const auto begin = out.begin() + static_cast<std::ptrdiff_t>(header + kInterleavedHeader);
  Bytes packet(begin, out.end());
  spec_.seal(packet, isRtcp);
  out.erase(begin, out.end());
  out.insert(out.end(), packet.begin(), packet.end());
  setSize(header, out);
}

}  // namespace core
