#include "core/flac.hpp"

#include "core/bit_reader.hpp"

#include <algorithm>

namespace core::flac {

namespace {

constexpr uint16_t kLeastBlock = 16;
constexpr uint16_t kMostBlock = 65535;

// Writes big-endian bits over zeros.
class BitWriter {
 public:
  explicit BitWriter(StreamInfo& bytes) : bytes_(bytes) {}
  void bits(unsigned count, uint32_t value) {
    for (unsigned i = count; i-- > 0; ++position_)
      if (value >> i & 1)
        bytes_[position_ / 8] = static_cast<uint8_t>(bytes_[position_ / 8] | 0x80 >> position_ % 8);
  }

 private:
  StreamInfo& bytes_;
  size_t position_ = 0;
};

}  // namespace

StreamInfo formatStreamInfo(const FlacParameters& parameters) {
  const bool varies = parameters.samplesPerFrame == 0;
  StreamInfo info{};
  BitWriter out(info);
  out.bits(16, varies ? kLeastBlock : parameters.samplesPerFrame);
  out.bits(16, varies ? kMostBlock : parameters.samplesPerFrame);
  out.bits(24, 0);
  out.bits(24, 0);
  out.bits(20, parameters.sampleRateHz);
  out.bits(3, parameters.channels - 1u);
  out.bits(5, parameters.bitsPerSample - 1u);
  return info;
}

std::optional<FlacParameters> parseStreamInfo(ByteView bytes) {
  BitReader bits(bytes);
  const uint32_t least = bits.bits(16);
  const uint32_t most = bits.bits(16);
  bits.skip(48);
  FlacParameters parameters;
  parameters.samplesPerFrame = static_cast<uint16_t>(least == most ? most : 0);
  parameters.sampleRateHz = bits.bits(20);
  parameters.channels = static_cast<uint8_t>(bits.bits(3) + 1);
  parameters.bitsPerSample = static_cast<uint8_t>(bits.bits(5) + 1);
  if (!bits.ok() || parameters.sampleRateHz == 0) return std::nullopt;
  return parameters;
}

bool isFrame(ByteView bytes) {
  return bytes.size() >= 2 && bytes[0] == 0xff && (bytes[1] & 0xfe) == 0xf8;
}

}  // namespace core::flac
