#pragma once

#include "gst/ref.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace gst {

// Makes hubsink, hubsrc and presenter known to GStreamer; after gst_init(), once for the process.
void registerElements();

// Tells every hubsink and hubsrc of `pipeline`, and those that it will get, on behalf of which of
// the hub's pipelines they act. Before the pipeline leaves NULL.
void tieToHub(GstElement* pipeline, uint32_t id);

// Gives hubsinks of `pipeline` that name no path this one.
void setDefaultPath(GstElement* pipeline, const std::string& path);

// The paths of the hubsinks in the pipeline that `element` stands in.
std::vector<std::string> feedsOf(GstElement* element);

}  // namespace gst
