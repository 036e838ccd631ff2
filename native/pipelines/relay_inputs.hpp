#pragma once

#include "gst/recipe.hpp"
#include "pipelines/relay_tracks.hpp"
#include "pipelines/spec.hpp"

#include <optional>
#include <string>

namespace pipelines {

// Elements of the input are named after this, so that an error tells its side.
constexpr const char* kInputName = "in-";

// The scheme of the input's URI in lower case; "hub" for a stream of the domain.
std::string schemeOf(const RelayInput& input);

// Whether the input is live; empty: found out when it plays.
std::optional<bool> isLive(const RelayInput& input);

// Puts the input into `pipeline`; what comes of it is added to `tracks`.
std::optional<io::Failed> addInput(GstElement* pipeline, const RelayInput& input,
                                   const RelayTracksRef& tracks);

// hlsdemux2 of GStreamer 1.22 that has lost its place holds a lock for ever, and would end the
// process where it is freed: it never is.
void keepDemuxers(GstElement* pipeline);

}  // namespace pipelines
