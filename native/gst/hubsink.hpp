#pragma once

#include <glib-object.h>

namespace gst {

// `... ! hubsink path=cam` publishes encoded media into the stream of that path.
//
// Request pads video_%u and audio_%u. Publishing begins when every linked pad has caps, or 2 s
// after the first had; changed caps begin a new epoch. Properties: `path`; `sync` (true: units are
// passed on at their time, so that a file plays in real time). Reading `end-time` tells the running
// time at which everything published so far will have been shown. Changes of state never wait for
// media.
GType hubSinkType();

}  // namespace gst
