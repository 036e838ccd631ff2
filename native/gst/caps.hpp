#pragma once

#include "core/result.hpp"
#include "core/track.hpp"
#include "gst/avcc.hpp"
#include "gst/ref.hpp"

#include <optional>

// Between GstCaps and tracks.
namespace gst {

// What a sink pad of hubsink takes, as the text of caps. H.264 only as avc/au, AAC only raw, so
// that a parser in front converts; all others are carried as opaque tracks.
extern const char* const kVideoCaps;
extern const char* const kAudioCaps;

struct NegotiatedTrack {
  core::Track track;
  std::optional<AvcConfig> avc;  // H.264
};

// Of fixed caps that the pads' templates have let through.
core::Result<NegotiatedTrack> trackOf(const GstCaps& caps);

// nullptr: an opaque track, which cannot be described to GStreamer.
Caps capsOf(const core::Track& track);

}  // namespace gst
