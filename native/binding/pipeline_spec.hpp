#pragma once

#include "binding/reader.hpp"
#include "pipelines/spec.hpp"

namespace binding {

// A PipelineRecipe of lib/native/binding.ts; throws a TypeError with the path of what is wrong.
pipelines::Spec readPipelineSpec(Reader& reader);

}  // namespace binding
