#pragma once

#include "gst/recipe.hpp"

#include <string>

namespace pipelines {

// The pipeline of a launch line; PIPELINE_SYNTAX when it cannot be made.
gst::Recipe::Built parseLaunch(const std::string& line);

// An element of `pipeline` by its name, which it has.
gst::Element elementOf(GstElement* pipeline, const char* name);

// A new element of this kind in `bin`, at the state of `bin`; nullptr: no such plugin.
GstElement* addElement(GstBin* bin, const char* factory, const char* name = nullptr);

}  // namespace pipelines
