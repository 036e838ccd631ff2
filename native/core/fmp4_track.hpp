#pragma once

#include "core/track.hpp"

namespace core::fmp4 {

constexpr uint32_t kVideoTimescale = 90000;

// Sample flags, ISO/IEC 14496-12 section 8.8.3.1: depends on no other sample; depends on others and
// is no place to start.
constexpr uint32_t kKeySample = 0x02000000;
constexpr uint32_t kOtherSample = 0x01010000;

// Units of decode time per second.
inline uint32_t timescale(const Track& track) {
  const AudioParameters* audio = audioOf(track.parameters);
  return audio ? audio->sampleRateHz : kVideoTimescale;
}

// What trex says of a track's samples.
inline uint32_t usualSampleFlags(const Track& track) {
  return audioOf(track.parameters) ? kKeySample : kOtherSample;
}
inline uint32_t usualSampleDuration(const Track& track) {
  const AudioParameters* audio = audioOf(track.parameters);
  return audio ? audio->samplesPerFrame : 0;
}

// The nearest unit; times before 0 become 0 (tfdt has no sign).
inline int64_t toTicks(Micros time, uint32_t timescale) {
  if (time.count() <= 0) return 0;
  constexpr int64_t kSecond = 1'000'000;
  const int64_t seconds = time.count() / kSecond;
  const int64_t rest = time.count() % kSecond;
  return seconds * timescale + (rest * timescale + kSecond / 2) / kSecond;
}

}  // namespace core::fmp4
