#include "pipelines/start.hpp"

#include "pipelines/recipes.hpp"

#include <string>
#include <utility>
#include <variant>

namespace pipelines {

std::string pathOf(const Spec& spec) {
  if (const auto* relay = std::get_if<RelaySpec>(&spec)) {
    const auto* hub = std::get_if<HubOutput>(&relay->output);
    return hub ? hub->path : "";
  }
  return std::visit(
      [](const auto& it) -> std::string {
        if constexpr (requires { it.path; })
          return it.path;
        else
          return {};
      },
      spec);
}

std::shared_ptr<gst::Pipeline> start(uint32_t id, Spec spec, gst::Pipeline::OnEvent onEvent) {
  auto recipe = std::visit([](auto& it) { return makeRecipe(std::move(it)); }, spec);
  return std::make_shared<gst::Pipeline>(id, std::move(recipe), std::move(onEvent));
}

}  // namespace pipelines
