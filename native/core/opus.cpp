#include "core/audio_parameters.hpp"

#include <array>

namespace core {

namespace {

// RFC 6716 table 2: samples of a frame at 48 kHz by the configuration of the TOC byte.
uint32_t frameSamples(unsigned config) {
  constexpr std::array<uint32_t, 4> kSilk{480, 960, 1920, 2880};
  constexpr std::array<uint32_t, 4> kCelt{120, 240, 480, 960};
  if (config < 12) return kSilk[config % 4];
  if (config < 16) return kSilk[config % 2];
  return kCelt[config % 4];
}

}  // namespace

// Section 3.2.
uint32_t OpusParameters::samplesOf(ByteView unit) const {
  if (unit.empty()) return 0;
  const uint32_t samples = frameSamples(unit[0] >> 3);
  const unsigned code = unit[0] & 3;
  if (code == 0) return samples;
  if (code < 3) return 2 * samples;
  constexpr uint32_t kMost = 5760;  // 120 ms
  const uint32_t all = unit.size() > 1 ? samples * (unit[1] & 0x3f) : 0;
  return all <= kMost ? all : 0;
}

}  // namespace core
