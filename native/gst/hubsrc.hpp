#pragma once

#include <glib-object.h>

namespace gst {

// `hubsrc path=cam ! ...` reads the stream of that path, which is asked for when the element goes
// to PAUSED.
//
// A live source. Sometimes pads video_%u and audio_%u come with the first epoch, one for each H.264
// and AAC track; a later epoch brings new caps to the pads of its kinds. Decode and presentation
// times are the stream's; segments place the first frame at the running time at which it is passed
// on. The end of the stream is the end of stream; a refusal is an error with its reason.
GType hubSrcType();

}  // namespace gst
