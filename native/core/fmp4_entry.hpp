#pragma once

#include "core/bytes.hpp"
#include "core/track.hpp"

#include <string>
#include <string_view>

namespace core::fmp4 {

// How a codec is described in fMP4.
struct SampleEntry {
  std::string_view format;  // of the sample entry: avc1, mp4a ...
  std::string_view configBox;
  Bytes config;
  std::string codecs;  // RFC 6381
};

// Whether its codec has a place in fMP4, and all that a player must be told is known.
bool canCarry(const Parameters& parameters);

// Of parameters that can be carried.
SampleEntry sampleEntryOf(const Parameters& parameters);

}  // namespace core::fmp4
