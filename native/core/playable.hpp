#pragma once

#include "core/track.hpp"

#include <optional>
#include <string>

// What browsers play of a stream (Media Source Extensions and HLS, all of them).
namespace core {

// What the sound of a track is made into for browsers; unset: it is played as it is, or nobody
// here can decode it.
std::optional<FlacParameters> remadeOf(const Track& track);

// The RFC 6381 name of what browsers get of a track; empty: nothing.
std::string playableName(const Track& track);

// The epoch of a stream that browsers can play: as it is but for the sound that is made anew.
Epoch playable(const Epoch& epoch);

}  // namespace core
