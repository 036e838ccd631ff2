#include "core/playable.hpp"

#include "core/fmp4.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

namespace core {

namespace {

// A block is as long as the whole stream has to be behind: 64 ms at most, by powers of two.
uint16_t blockSamples(uint32_t sampleRateHz) {
  uint16_t samples = 64;
  while (samples < 2048 && samples * 2u * 1000 <= sampleRateHz * 64) samples *= 2;
  return samples;
}

// Codecs of which one browser or another lacks support, and decoders there are for.
template <typename Codec>
constexpr bool isRemade =
    std::is_same_v<Codec, PcmParameters> || std::is_same_v<Codec, MpegAudioParameters> ||
    std::is_same_v<Codec, Ac3Parameters>;

Track trackOf(const FlacParameters& flac) { return {Kind::audio, "FLAC", flac.sampleRateHz, flac}; }

}  // namespace

std::optional<FlacParameters> remadeOf(const Track& track) {
  return std::visit(
      [](const auto& it) -> std::optional<FlacParameters> {
        if constexpr (isRemade<std::decay_t<decltype(it)>>) {
          if (it.sampleRateHz == 0 || it.channels == 0) return std::nullopt;
          FlacParameters flac;
          flac.sampleRateHz = it.sampleRateHz;
          flac.channels = std::min<uint8_t>(it.channels, 2);
          flac.samplesPerFrame = blockSamples(it.sampleRateHz);
          return flac;
        } else {
          return std::nullopt;
        }
      },
      track.parameters);
}

std::string playableName(const Track& track) {
  const auto flac = remadeOf(track);
  return fmp4::codecs(flac ? trackOf(*flac) : track);
}

Epoch playable(const Epoch& epoch) {
  Epoch made = epoch;
  for (Track& track : made.tracks) {
    const auto flac = remadeOf(track);
    if (flac) track = trackOf(*flac);
  }
  return made;
}

}  // namespace core
