#pragma once

#include "gst/pipeline.hpp"
#include "pipelines/spec.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace pipelines {

// The path that it is the source of; may be empty.
std::string pathOf(const Spec& spec);

// Starts what `spec` describes. `id` has been registered with the hub. Any thread.
std::shared_ptr<gst::Pipeline> start(uint32_t id, Spec spec, gst::Pipeline::OnEvent onEvent);

}  // namespace pipelines
