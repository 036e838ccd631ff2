#pragma once

#include "gst/recipe.hpp"
#include "pipelines/spec.hpp"

#include <memory>

// Each of them in the file of its name.
namespace pipelines {

using RecipePtr = std::unique_ptr<gst::Recipe>;

RecipePtr makeRecipe(LaunchSpec spec);
RecipePtr makeRecipe(TestSpec spec);
RecipePtr makeRecipe(FileSpec spec);
RecipePtr makeRecipe(RtspSpec spec);
RecipePtr makeRecipe(RelaySpec spec);
RecipePtr makeRecipe(SnapshotSpec spec);
RecipePtr makeRecipe(SoundSpec spec);

}  // namespace pipelines
