#pragma once

#include "core/track.hpp"

#include <string>

namespace core {

// What a session description says of pictures whose TrackInfo is `video` (the fmtp line behind the
// payload type): AV1 by its payload format, section 7.2.1; VP9 by RFC 9628 section 6.1; MPEG-4
// part 2 by RFC 6416 section 7.1. May be empty.
std::string formatParameters(const Parameters& parameters);

}  // namespace core
