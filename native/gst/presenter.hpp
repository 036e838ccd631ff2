#pragma once

#include <glib-object.h>

namespace gst {

// `presenter` gives pictures of H.264 the times at which they are shown: for containers that have
// one time for each, in the order in which they are decoded (AVI). The first that is shown is shown
// at the first time. A picture is held until it is known how many are shown before it. Access units
// with start codes.
GType presenterType();

}  // namespace gst
