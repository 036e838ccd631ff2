#include "core/rtcp.hpp"

#include <algorithm>

namespace core {

namespace {

constexpr uint8_t kSenderReport = 200;
constexpr uint8_t kGoodbye = 203;

uint32_t read32(ByteView bytes, size_t at) {
  return uint32_t{bytes[at]} << 24 | uint32_t{bytes[at + 1]} << 16 | uint32_t{bytes[at + 2]} << 8 |
         bytes[at + 3];
}

// RFC 3550 section 4: seconds in the upper half, fractions of a second in the lower.
Micros ntpTime(uint32_t seconds, uint32_t fraction) {
  const auto micros = static_cast<int64_t>(uint64_t{fraction} * 1'000'000 >> 32);
  return Micros{int64_t{seconds} * 1'000'000 + micros};
}

// Calls take(type, count, packet) for every packet of a compound, section 6.1. Stops at the first
// whose header makes no sense; a last packet that is cut short comes as far as it goes.
template <typename Take>
void forEachPacket(ByteView compound, Take take) {
  while (compound.size() >= 4 && compound[0] >> 6 == 2) {
    const size_t size = (size_t{compound[2]} << 8 | compound[3]) * 4 + 4;
    const ByteView packet = compound.first(std::min(size, compound.size()));
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
                       .rtpTime = read32(packet, 16)});
  });
  return reports;
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
