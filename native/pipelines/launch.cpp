#include "gst/elements.hpp"
#include "pipelines/parse.hpp"
#include "pipelines/recipes.hpp"

#include <utility>

namespace pipelines {

namespace {

// What the user wrote.
class Launch final : public gst::Recipe {
 public:
  explicit Launch(LaunchSpec spec) : spec_(std::move(spec)) {}

  Built build(gst::Control&) override {
    Built built = parseLaunch(spec_.launch);
    if (auto* pipeline = std::get_if<gst::Element>(&built))
      gst::setDefaultPath(pipeline->get(), spec_.path);
    return built;
  }

  bool startsPaused() const override { return spec_.paused; }

 private:
  const LaunchSpec spec_;
};

}  // namespace

RecipePtr makeRecipe(LaunchSpec spec) { return std::make_unique<Launch>(std::move(spec)); }

}  // namespace pipelines
