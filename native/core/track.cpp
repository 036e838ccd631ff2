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

Micros unitDuration(const Parameters& parameters, ByteView unit) {
  return std::visit(
      [unit](const auto& it) -> Micros {
        if constexpr (std::is_base_of_v<AudioParameters, std::decay_t<decltype(it)>>) {
          if (it.sampleRateHz == 0) return Micros{0};
          return Micros{int64_t{it.samplesOf(unit)} * 1'000'000 / it.sampleRateHz};
        } else {
          return Micros{0};
        }
      },
      parameters);
}

}  // namespace core
