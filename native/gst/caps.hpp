#pragma once

#include "core/result.hpp"
#include "core/track.hpp"
#include "core/nal_config.hpp"
#include "gst/ref.hpp"

#include <cstdint>
#include <string>

// Between GstCaps and tracks.
namespace gst {

// What a sink pad of hubsink takes, as the text of caps. H.264 only as avc/au, H.265 only as
// hvc1/au, AAC only raw, so that a parser in front converts; what core cannot parse is carried as
// opaque tracks.
extern const char* const kVideoCaps;
extern const char* const kAudioCaps;

struct NegotiatedTrack {
  core::Track track;
  uint8_t nalLengthBytes = 0;  // before each NAL unit; 0: the codec has none
};

// Of fixed caps that the pads' templates have let through.
core::Result<NegotiatedTrack> trackOf(const GstCaps& caps);

// RTP's encoding name in upper case, else the media type.
std::string codecName(const GstStructure& structure);

// nullptr: an opaque track, which cannot be described to GStreamer.
Caps capsOf(const core::Track& track);

}  // namespace gst
