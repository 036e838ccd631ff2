#pragma once

#include "gst/ref.hpp"

#include <cstdint>

namespace gst {

// An event (owned by the caller) that travels with the media: so many frames were lost before what
// follows.
GstEvent* makeLost(uint64_t frames);

// 0: it is another event.
uint64_t lostIn(const GstEvent* event);

}  // namespace gst
