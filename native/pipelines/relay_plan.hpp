#pragma once

#include "io/event.hpp"
#include "pipelines/relay_outputs.hpp"
#include "pipelines/relay_tracks.hpp"

#include <string>
#include <vector>

namespace pipelines {

// The name of an audio encoder within a plan's launch line.
constexpr const char* kAudioEncoder = "encoder";

// What becomes of one track.
struct TrackPlan {
  io::PlannedTrack told;
  const char* pad = nullptr;  // template of the output's taker; nullptr: left out
  std::string parser;  // launch line in front of the gate; may be empty
  bool decoded = false;  // behind it, by decodebin
  std::string encoder;  // launch line behind that; empty: passes untouched
};

// As many plans as tracks.
std::vector<TrackPlan> planTracks(const std::vector<RelayTrack>& tracks, const OutputKind& kind);

// What is told of one that comes when the output is made.
io::PlannedTrack lateTrack(const gst::Caps& caps);

// An element that the plan takes and that is not installed; empty: all are.
std::string findMissing(const TrackPlan& plan);

}  // namespace pipelines
