#include "core/aac.hpp"

#include "core/bit_reader.hpp"
#include "core/track.hpp"

#include <algorithm>
#include <array>

namespace core::aac {

namespace {

// Table 1.17 of audio object types.
constexpr uint8_t kSbr = 5;
constexpr uint8_t kErLc = 17;
constexpr uint8_t kErLd = 23;
constexpr uint8_t kPs = 29;
constexpr uint8_t kErEld = 39;

// Table 1.18; 15 stands for 24 bits that spell the rate out.
constexpr std::array<uint32_t, 13> kRates{96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                          22050, 16000, 12000, 11025, 8000,  7350};
constexpr uint32_t kExplicitRate = 15;

// Table 1.19.
constexpr std::array<uint8_t, 15> kChannels{0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 0, 8};

bool isAac(uint8_t type) {
  return (type >= 1 && type <= 4) || type == kErLc || type == kErLd || type == kErEld;
}

uint8_t readObjectType(BitReader& bits) {
  const uint32_t type = bits.bits(5);
  return static_cast<uint8_t>(type == 31 ? 32 + bits.bits(6) : type);
}

// 0: reserved.
uint32_t readRate(BitReader& bits) {
  const uint32_t index = bits.bits(4);
  if (index == kExplicitRate) return bits.bits(24);
  return index < kRates.size() ? kRates[index] : 0;
}

// Section 4.4.1.1: elements of front, side and back are single channels or pairs.
uint8_t readProgramConfig(BitReader& bits) {
  bits.skip(10);  // element_instance_tag, object_type, sampling_frequency_index
  const uint32_t front = bits.bits(4);
  const uint32_t side = bits.bits(4);
  const uint32_t back = bits.bits(4);
  const uint32_t effects = bits.bits(2);
  bits.skip(3 + 4);  // data and coupling elements
  if (bits.flag()) bits.skip(4);
  if (bits.flag()) bits.skip(4);
  if (bits.flag()) bits.skip(3);
  uint32_t channels = effects;
  for (uint32_t i = 0; i < front + side + back; ++i) {
    channels += bits.flag() ? 2 : 1;
    bits.skip(4);
  }
  return static_cast<uint8_t>(channels);
}

// Section 4.4.1; ELDSpecificConfig (4.6.20) begins with the same flag.
void readFrameLength(BitReader& bits, AudioConfig& config, uint32_t channelConfig) {
  const bool isShort = bits.flag();
  const bool lowDelay = config.objectType == kErLd || config.objectType == kErEld;
  config.samplesPerFrame = lowDelay ? (isShort ? 480 : 512) : (isShort ? 960 : 1024);
  if (config.objectType == kErEld) return;
  if (bits.flag()) bits.skip(14);  // coreCoderDelay
  const bool extension = bits.flag();
  if (channelConfig == 0) config.channels = readProgramConfig(bits);
  if (!extension) return;
  if (config.objectType == kErLc || config.objectType == kErLd) bits.skip(3);
  bits.skip(1);
}

// Behind the configuration of the core, so that decoders without SBR do not see it.
void readHiddenExtension(BitReader& bits, AudioConfig& config) {
  constexpr uint32_t kSbrSync = 0x2b7;
  constexpr uint32_t kPsSync = 0x548;
  if (config.objectType == kErLc || config.objectType == kErLd) bits.skip(2);  // epConfig
  BitReader ahead = bits;
  if (bits.left() < 17 || ahead.bits(11) != kSbrSync) return;
  bits = ahead;
  if (readObjectType(bits) != kSbr || !bits.flag()) return;
  const uint32_t rate = readRate(bits);
  if (!bits.ok() || rate == 0) return;
  config.sbr = true;
  config.outputSampleRateHz = rate;
  ahead = bits;
  if (bits.left() < 12 || ahead.bits(11) != kPsSync) return;
  bits = ahead;
  config.ps = bits.flag();
}

// The extension comes before the core when the first object type names it.
void readOpenExtension(BitReader& bits, AudioConfig& config) {
  config.sbr = true;
  config.ps = config.objectType == kPs;
  config.outputSampleRateHz = readRate(bits);
  config.objectType = readObjectType(bits);
}

}  // namespace

Result<AudioConfig> parseAudioConfig(ByteView bytes) {
  BitReader bits(bytes);
  return readAudioConfig(bits);
}

Result<AudioConfig> readAudioConfig(BitReader& bits) {
  AudioConfig config;
  config.objectType = readObjectType(bits);
  config.sampleRateHz = readRate(bits);
  const uint32_t channelConfig = bits.bits(4);
  config.outputSampleRateHz = config.sampleRateHz;
  if (config.objectType == kSbr || config.objectType == kPs) readOpenExtension(bits, config);
  if (!bits.ok()) return Reason{"audio configuration is cut short"};
  if (!isAac(config.objectType)) return Reason{"audio object type is not AAC"};
  if (config.sampleRateHz == 0 || config.outputSampleRateHz == 0) return Reason{"no sample rate"};
  if (channelConfig < kChannels.size()) config.channels = kChannels[channelConfig];
  readFrameLength(bits, config, channelConfig);
  if (!bits.ok()) return Reason{"audio configuration is cut short"};
  if (config.channels == 0) return Reason{"no channels"};
  if (!config.sbr) readHiddenExtension(bits, config);
  return config;
}

std::optional<AdtsHeader> parseAdts(ByteView bytes) {
  if (bytes.size() < 7) return std::nullopt;
  BitReader bits(bytes);
  if (bits.bits(12) != 0xfff) return std::nullopt;
  bits.skip(1);  // ID: MPEG-4 or MPEG-2
  if (bits.bits(2) != 0) return std::nullopt;
  AdtsHeader header;
  header.headerSize = bits.flag() ? 7 : 9;
  const uint32_t objectType = bits.bits(2) + 1;
  const uint32_t rate = bits.bits(4);
  bits.skip(1);
  const uint32_t channels = bits.bits(3);
  bits.skip(4);
  header.frameSize = bits.bits(13);
  bits.skip(11);
  const uint32_t moreBlocks = bits.bits(2);
  if (rate >= kRates.size() || moreBlocks != 0) return std::nullopt;
  if (header.frameSize <= header.headerSize) return std::nullopt;
  const uint32_t config = objectType << 11 | rate << 7 | channels << 3;
  header.config = {static_cast<uint8_t>(config >> 8), static_cast<uint8_t>(config)};
  return header;
}

}  // namespace core::aac

namespace core {

Result<AacParameters> AacParameters::fromConfig(Bytes config) {
  const auto parsed = aac::parseAudioConfig(config);
  if (!parsed) return parsed.reason();
  AacParameters parameters;
  parameters.config = std::move(config);
  parameters.sampleRateHz = parsed->sampleRateHz;
  parameters.outputSampleRateHz = parsed->outputSampleRateHz;
  parameters.channels = parsed->channels;
  parameters.objectType = parsed->objectType;
  parameters.samplesPerFrame = parsed->samplesPerFrame;
  return parameters;
}

}  // namespace core
