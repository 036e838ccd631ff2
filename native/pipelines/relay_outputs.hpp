#pragma once

#include "gst/recipe.hpp"
#include "pipelines/spec.hpp"

#include <optional>
#include <string>
#include <variant>

namespace pipelines {

// Elements of the output are named after this, so that an error tells its side.
constexpr const char* kOutputName = "out-";
constexpr const char* kOutputTaker = "out-taker";

// What an output is made of, and what it can carry.
struct OutputKind {
  const char* name;  // format of a file, protocol, "hls", "hub"
  const char* taker;  // the element that tracks go into
  const char* sink;  // behind it; nullptr: it is one itself
  const char* videoPad;  // templates of the taker
  const char* audioPad;
  bool oneEach;  // one track of a kind
  const char* carrier;  // whose templates say what it carries
  const char* only;  // caps that these are cut to; nullptr: all of them
};

const OutputKind& kindOf(const RelayOutput& output);

// The template that a track of this media type goes to; nullptr: there is none.
const char* padOf(const OutputKind& kind, const std::string& media);

// What of it passes untouched.
gst::Caps acceptedBy(const OutputKind& kind, const std::string& media);

// Made output, in its pipeline and at its state.
struct Output {
  const OutputKind& kind;
  GstElement* taker;
  GstElement* sink;  // nullptr: the taker is one itself
};

// Asked before anything is opened.
std::optional<io::Failed> findFault(const RelayOutput& output);

// A bin that plays when it has got its first media does not send its pipeline back to PAUSED until
// then: clocksync in front of it would let no media go to it.
void playByItself(GstElement* bin);

std::variant<Output, io::Failed> addOutput(GstElement* pipeline, const RelayOutput& output,
                                           bool hasAudio);

}  // namespace pipelines
