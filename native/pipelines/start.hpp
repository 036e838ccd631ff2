#pragma once

#include "gst/pipeline.hpp"
#include "pipelines/spec.hpp"

#include <cstdint>
#include <memory>

namespace pipelines {

// Starts what `spec` describes. `id` has been registered with the hub. Any thread.
std::shared_ptr<gst::Pipeline> start(uint32_t id, Spec spec, gst::Pipeline::OnEvent onEvent);

}  // namespace pipelines
