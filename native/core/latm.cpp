#include "core/latm.hpp"

#include "core/aac.hpp"

namespace core::latm {

namespace {

// ISO/IEC 14496-3 section 4.5.3.1: 6144 bits a channel. Twice that for eight channels.
constexpr size_t kMaxLatmBytes = 16 * 1024;
constexpr size_t kMaxConfigBits = 8 * 1024;

// LatmGetValue().
uint32_t readValue(BitReader& bits) {
  const unsigned bytes = bits.bits(2) + 1;
  return bits.bits(8 * bytes);
}

// So many bits, from a byte's first one on.
Bytes copyBits(BitReader from, size_t count) {
  Bytes made;
  for (; count >= 8; count -= 8) made.push_back(static_cast<uint8_t>(from.bits(8)));
  const auto rest = static_cast<unsigned>(count);
  if (rest > 0) made.push_back(static_cast<uint8_t>(from.bits(rest) << (8 - rest)));
  return made;
}

// AudioSpecificConfig: version 0 does not tell how long it is. An extension behind its core does
// not belong there, but GStreamer (rtpmp4apay 1.22) puts one and leaves out what should follow.
Bytes readAudioConfig(BitReader& bits, bool tellsLength) {
  const BitReader start = bits;
  size_t count = 0;
  if (tellsLength) {
    count = readValue(bits);
    const BitReader config = bits;
    bits.skip(count);
    return bits.ok() && count <= kMaxConfigBits ? copyBits(config, count) : Bytes{};
  }
  if (!aac::readAudioConfig(bits)) return {};
  count = bits.position() - start.position();
  return copyBits(start, count);
}

// Bits behind each element that nobody needs: only how many is told.
bool readOtherData(BitReader& bits, bool isVersion1) {
  if (!bits.flag()) return false;
  if (isVersion1) {
    readValue(bits);
    return true;
  }
  while (bits.flag()) bits.skip(8);
  bits.skip(8);
  return true;
}

// frameLengthType 0: units of any length.
bool readFrameLength(BitReader& bits) {
  if (bits.bits(3) != 0) return false;
  bits.skip(8);  // latmBufferFullness
  return true;
}

}  // namespace

std::optional<StreamMux> readStreamMux(BitReader& bits) {
  const bool isVersion1 = bits.flag();
  if (isVersion1 && bits.flag()) return std::nullopt;  // reserved
  if (isVersion1) readValue(bits);
  const bool sameTime = bits.flag();
  StreamMux mux;
  mux.frames = bits.bits(6) + 1;
  const bool isPlain = bits.bits(4) == 0 && bits.bits(3) == 0;  // programs and layers
  if (!sameTime || !isPlain) return std::nullopt;
  auto aac = AacParameters::fromConfig(readAudioConfig(bits, isVersion1));
  if (!aac || !readFrameLength(bits)) return std::nullopt;
  mux.hasOtherData = readOtherData(bits, isVersion1);
  if (bits.flag()) bits.skip(8);  // checksum
  mux.aac = std::move(*aac);
  return mux;
}

std::optional<Bytes> readUnit(BitReader& bits) {
  size_t size = 0;
  uint32_t more = 0;
  do {
    more = bits.bits(8);
    size += more;
  } while (more == 255 && size <= kMaxLatmBytes);
  if (!bits.ok() || size > kMaxLatmBytes || bits.left() < 8 * size) return std::nullopt;
  const BitReader unit = bits;
  bits.skip(8 * size);
  return copyBits(unit, 8 * size);
}

}  // namespace core::latm
