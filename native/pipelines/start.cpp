#include "pipelines/start.hpp"

#include "pipelines/recipes.hpp"

#include <utility>

namespace pipelines {

std::shared_ptr<gst::Pipeline> start(uint32_t id, Spec spec, gst::Pipeline::OnEvent onEvent) {
  auto recipe = std::visit([](auto& it) { return makeRecipe(std::move(it)); }, spec);
  return std::make_shared<gst::Pipeline>(id, std::move(recipe), std::move(onEvent));
}

}  // namespace pipelines
