#include "core/track.hpp"

#include <type_traits>

namespace core {

namespace {

// The part of the parameters that all codecs of a kind have.
template <typename Common, typename Parameters>
auto* commonOf(Parameters& parameters) {
  using Pointer = std::conditional_t<std::is_const_v<Parameters>, const Common*, Common*>;
  return std::visit(
      [](auto& it) -> Pointer {
        if constexpr (std::is_base_of_v<Common, std::decay_t<decltype(it)>>)
          return &it;
        else
          return nullptr;
      },
      parameters);
}

}  // namespace

const VideoParameters* videoOf(const Parameters& parameters) {
  return commonOf<VideoParameters>(parameters);
}

VideoParameters* videoOf(Parameters& parameters) { return commonOf<VideoParameters>(parameters); }

const AudioParameters* audioOf(const Parameters& parameters) {
  return commonOf<AudioParameters>(parameters);
}

uint32_t unitSamples(const Parameters& parameters, ByteView unit) {
  return std::visit(
      [unit](const auto& it) -> uint32_t {
        if constexpr (std::is_base_of_v<AudioParameters, std::decay_t<decltype(it)>>)
          return it.samplesOf(unit);
        else
          return 0;
      },
      parameters);
}

Micros unitDuration(const Parameters& parameters, ByteView unit) {
  const AudioParameters* audio = audioOf(parameters);
  if (!audio || audio->sampleRateHz == 0) return Micros{0};
  return Micros{int64_t{unitSamples(parameters, unit)} * 1'000'000 / audio->sampleRateHz};
}

}  // namespace core
