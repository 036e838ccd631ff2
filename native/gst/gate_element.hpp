#pragma once

#include "gst/ref.hpp"

#include <cstddef>
#include <memory>

namespace gst {

class Gate;

// The element that stands in one track of a gate; floating.
GstElement* makeGateElement(std::shared_ptr<Gate> gate, size_t track);

// Ends what such an element gives, from any thread and without waiting for one.
void endGateElement(GstElement* element);

}  // namespace gst
