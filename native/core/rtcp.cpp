#include "core/rtcp.hpp"

#include <algorithm>

namespace core {

namespace {

constexpr uint8_t kSenderReport = 200;
constexpr uint8_t kReceiverReport = 201;
constexpr uint8_t kDescription = 202;
constexpr uint8_t kGoodbye = 203;
constexpr uint8_t kPayloadFeedback = 206;
constexpr uint8_t kPictureLoss = 1;
constexpr uint8_t kCanonicalName = 1;
constexpr int64_t kSecondsFrom1900To1970 = 2'208'988'800;

// RFC 3550 section 4: seconds in the upper half, fractions of a second in the lower.
Micros ntpTime(uint32_t seconds, uint32_t fraction) {
  const auto micros = static_cast<int64_t>(uint64_t{fraction} * 1'000'000 >> 32);
  return Micros{int64_t{seconds} * 1'000'000 + micros};
}

void appendHeader(uint8_t count, uint8_t type, size_t words, Bytes& out) {
  append32(uint32_t{0x80u | count} << 24 | uint32_t{type} << 16 | static_cast<uint32_t>(words - 1),
           out);
}

// Section 6.5: the list of items ends with at least one zero, at a boundary of 32 bits.
void appendDescription(uint32_t ssrc, std::string_view name, Bytes& out) {
  name = name.substr(0, 255);
  const size_t items = (2 + name.size()) / 4 * 4 + 4;
  appendHeader(1, kDescription, 2 + items / 4, out);
  append32(ssrc, out);
  out.push_back(kCanonicalName);
  out.push_back(static_cast<uint8_t>(name.size()));
  out.insert(out.end(), name.begin(), name.end());
  out.insert(out.end(), items - 2 - name.size(), 0);
}

// As its header says it, section 6.4.1.
size_t rtcpSizeOf(ByteView packet) { return (size_t{packet[2]} << 8 | packet[3]) * 4 + 4; }

// Calls take(type, count, packet) for every packet of a compound, section 6.1. Stops at the first
// whose header makes no sense; a last packet that is cut short comes as far as it goes.
template <typename Take>
void forEachPacket(ByteView compound, Take take) {
  while (compound.size() >= 4 && compound[0] >> 6 == 2) {
    const ByteView packet = compound.first(std::min(rtcpSizeOf(compound), compound.size()));
    take(compound[1], compound[0] & 0x1f, packet);
    compound = compound.subspan(packet.size());
  }
}

}  // namespace

std::vector<SenderReport> parseSenderReports(ByteView compound) {
  std::vector<SenderReport> reports;
  forEachPacket(compound, [&](uint8_t type, int, ByteView packet) {
    if (type != kSenderReport || packet.size() < 28) return;
    reports.push_back({.ssrc = read32(packet, 4),
                       .ntp = ntpTime(read32(packet, 8), read32(packet, 12)),
                       .ntpMiddle = read32(packet, 8) << 16 | read32(packet, 12) >> 16,
                       .rtpTime = read32(packet, 16)});
  });
  return reports;
}

void appendSenderReport(const SentReport& report, Bytes& out) {
  appendHeader(0, kSenderReport, 7, out);
  append32(report.ssrc, out);
  const int64_t micros = report.wall.count();
  append32(static_cast<uint32_t>(micros / 1'000'000 + kSecondsFrom1900To1970), out);
  // Rounded up, because whoever reads it cuts off.
  append32(
      static_cast<uint32_t>(((uint64_t{1} << 32) * (micros % 1'000'000) + 999'999) / 1'000'000),
      out);
  append32(report.rtpTime, out);
  append32(report.packets, out);
  append32(report.bytes, out);
  appendDescription(report.ssrc, report.name, out);
}

void appendReceiverReport(uint32_t ssrc, const ReceptionReport& heard, std::string_view name,
                          Bytes& out) {
  appendHeader(1, kReceiverReport, 8, out);
  append32(ssrc, out);
  append32(heard.ssrc, out);
  const int32_t lost = std::clamp(heard.lost, -0x800000, 0x7fffff);
  append32(uint32_t{heard.fractionLost} << 24 | (static_cast<uint32_t>(lost) & 0xffffff), out);
  append32(heard.highestSequence, out);
  append32(heard.jitter, out);
  append32(heard.lastReport, out);
  append32(heard.delay, out);
  appendDescription(ssrc, name, out);
}

void appendPictureLoss(uint32_t ssrc, uint32_t source, Bytes& out) {
  appendHeader(kPictureLoss, kPayloadFeedback, 3, out);
  append32(ssrc, out);
  append32(source, out);
}

bool isCompound(ByteView bytes) {
  if (bytes.empty()) return false;
  while (bytes.size() >= 4 && bytes[0] >> 6 == 2 && rtcpSizeOf(bytes) <= bytes.size())
    bytes = bytes.subspan(rtcpSizeOf(bytes));
  return bytes.empty();
}

std::vector<uint32_t> parseGoodbyes(ByteView compound) {
  std::vector<uint32_t> sources;
  forEachPacket(compound, [&](uint8_t type, int count, ByteView packet) {
    if (type != kGoodbye) return;
    for (size_t at = 4; count > 0 && at + 4 <= packet.size(); at += 4, --count)
      sources.push_back(read32(packet, at));
  });
  return sources;
}

}  // namespace core
