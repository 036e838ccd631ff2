#pragma once

#include "core/bit_reader.hpp"
#include "core/bytes.hpp"
#include "core/result.hpp"

#include <array>
#include <cstdint>
#include <optional>

// ISO/IEC 14496-3: AudioSpecificConfig (section 1.6.2.1) and ADTS (section 1.A.2.2).
namespace core::aac {

struct AudioConfig {
  uint8_t objectType = 0;  // of the core; 2 = LC
  uint32_t sampleRateHz = 0;
  uint32_t outputSampleRateHz = 0;  // with SBR, where it is signalled
  uint8_t channels = 0;
  uint16_t samplesPerFrame = 1024;
  bool sbr = false;
  bool ps = false;
};

Result<AudioConfig> parseAudioConfig(ByteView config);
// The same where something else may follow.
Result<AudioConfig> readAudioConfig(BitReader& bits);

struct AdtsHeader {
  std::array<uint8_t, 2> config{};  // the AudioSpecificConfig that says the same
  size_t headerSize = 7;
  size_t frameSize = 0;  // header included
};

// Unset: no ADTS header there, or one of several blocks, which nobody sends over RTP.
std::optional<AdtsHeader> parseAdts(ByteView bytes);

}  // namespace core::aac
