#pragma once

#include "core/bytes.hpp"
#include "core/result.hpp"

#include <cstdint>

namespace core {

// What is known of the sound of any audio codec.
struct AudioParameters {
  uint32_t sampleRateHz = 0;
  uint8_t channels = 0;
  uint16_t samplesPerFrame = 0;  // 0: it varies
  // Samples of one channel that `unit` holds; 0 when it makes no sense.
  uint32_t samplesOf(ByteView) const { return samplesPerFrame; }
  bool operator==(const AudioParameters&) const = default;
};

// ISO/IEC 14496-3 section 1.6: AudioSpecificConfig, and what it says.
// With SBR signalled (HE-AAC) a decoder puts out twice the core's rate; samplesPerFrame (1024 or
// 960) and sampleRateHz both count samples of the core, so that their quotient is the duration of a
// frame; with parametric stereo the core has one channel.
struct AacParameters : AudioParameters {
  AacParameters() { samplesPerFrame = 1024; }
  // Fails when `config` is cut short or names something that is not AAC.
  static Result<AacParameters> fromConfig(Bytes config);

  Bytes config;
  uint32_t outputSampleRateHz = 0;  // what a decoder puts out when it knows the signalled extension
  uint8_t objectType = 2;  // of the core: 2 = LC, also when SBR or PS lie around it
  bool operator==(const AacParameters&) const = default;
};

// RFC 6716; a decoder always puts out 48 kHz.
struct OpusParameters : AudioParameters {
  explicit OpusParameters(uint8_t count = 2) {
    sampleRateHz = 48000;
    channels = count;
  }
  uint32_t samplesOf(ByteView unit) const;
  bool operator==(const OpusParameters&) const = default;
};

// G.711, G.722, G.726, L8, L16, L24: every sample has the same number of bits.
struct PcmParameters : AudioParameters {
  uint8_t bitsPerSample = 8;  // as they are sent
  uint32_t samplesOf(ByteView unit) const;
  bool operator==(const PcmParameters&) const = default;
};

// MPEG-1 and MPEG-2 audio, ISO/IEC 11172-3 and 13818-3.
struct MpegAudioParameters : AudioParameters {
  uint8_t layer = 3;
  bool isMpeg1 = true;
  bool operator==(const MpegAudioParameters&) const = default;
};

// ETSI TS 102 366: what its first frame says.
struct Ac3Parameters : AudioParameters {
  Ac3Parameters() { samplesPerFrame = 1536; }
  uint8_t rateCode = 0;  // fscod
  uint8_t bitstreamId = 8;
  uint8_t bitstreamMode = 0;
  uint8_t channelMode = 2;  // acmod
  bool lowFrequency = false;
  uint8_t bitrateCode = 0;  // frmsizecod / 2
  bool operator==(const Ac3Parameters&) const = default;
};

// RFC 9639: 16 bits a sample, as browsers decode them everywhere, unless a file says otherwise.
struct FlacParameters : AudioParameters {
  uint8_t bitsPerSample = 16;
  bool operator==(const FlacParameters&) const = default;
};

}  // namespace core
