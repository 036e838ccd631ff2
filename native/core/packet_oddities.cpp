#include "core/packet_oddities.hpp"

#include "core/aac.hpp"
#include "core/nal.hpp"

namespace core {

namespace {

constexpr uint8_t kFirstPiece = 0x80;
constexpr uint8_t kLastPiece = 0x40;
constexpr uint8_t kReservedBit = 0x20;

// RFC 6184 section 5.8 and RFC 7798 section 4.4.3: where a fragment has its header.
struct FragmentHeader {
  size_t headerAt;
  bool hasReservedBit;
};

std::vector<Oddity> nalOddities(ByteView payload, bool isFragment, FragmentHeader fragments) {
  std::vector<Oddity> found;
  ByteView data = payload;
  if (isFragment && payload.size() > fragments.headerAt) {
    const uint8_t header = payload[fragments.headerAt];
    if ((header & kFirstPiece) && (header & kLastPiece)) found.push_back(Oddity::fragmentBits);
    if (fragments.hasReservedBit && (header & kReservedBit)) found.push_back(Oddity::reservedBit);
    data = payload.subspan(fragments.headerAt + 1);
  }
  if (nal::findStartCode(data) < data.size()) found.push_back(Oddity::startCodes);
  return found;
}

std::vector<Oddity> h264Oddities(ByteView payload) {
  const bool isFragment = !payload.empty() && (payload[0] & 0x1f) == 28;
  return nalOddities(payload, isFragment, {1, true});
}

std::vector<Oddity> h265Oddities(ByteView payload) {
  const bool isFragment = !payload.empty() && (payload[0] >> 1 & 0x3f) == 49;
  return nalOddities(payload, isFragment, {2, false});
}

// In place of the headers of RFC 3640 section 3.2.1, or behind them.
std::vector<Oddity> aacOddities(ByteView payload) {
  if (payload.size() < 2) return {};
  if (aac::parseAdts(payload)) return {Oddity::adts};
  const size_t headers = 2 + ((size_t{payload[0]} << 8 | payload[1]) + 7) / 8;
  if (headers < payload.size() && aac::parseAdts(payload.subspan(headers))) return {Oddity::adts};
  return {};
}

}  // namespace

std::vector<Oddity> odditiesOf(std::string_view codec, ByteView payload) {
  if (codec == "H264") return h264Oddities(payload);
  if (codec == "H265") return h265Oddities(payload);
  return codec == "MPEG4-GENERIC" ? aacOddities(payload) : std::vector<Oddity>{};
}

}  // namespace core
