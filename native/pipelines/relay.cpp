#include "pipelines/parse.hpp"
#include "pipelines/recipes.hpp"

#include <string>
#include <utility>

namespace pipelines {

namespace {

const char* muxerOf(const std::string& format) {
  if (format == "mp4") return "mp4mux";
  return format == "flv" ? "flvmux" : "mpegtsmux";
}

// One stream from one place to another.
class Relay final : public gst::Recipe {
 public:
  explicit Relay(RelaySpec spec) : spec_(std::move(spec)) {}

  Built build(gst::Control&) override {
    const auto* input = std::get_if<UriInput>(&spec_.input);
    const auto* output = std::get_if<FileOutput>(&spec_.output);
    if (!input || !output)
      return io::Failed{"PIPELINE_ERROR", "Expected a URI as input and a file as output", ""};
    Built built = parseLaunch("urisourcebin name=in ! parsebin ! queue ! " +
                              std::string(muxerOf(output->format)) + " ! filesink name=out");
    if (auto* pipeline = std::get_if<gst::Element>(&built)) {
      g_object_set(elementOf(pipeline->get(), "in").get(), "uri", input->uri.c_str(), nullptr);
      g_object_set(elementOf(pipeline->get(), "out").get(), "location", output->location.c_str(),
                   nullptr);
    }
    return built;
  }

  bool startsPaused() const override { return spec_.paused; }

 private:
  const RelaySpec spec_;
};

}  // namespace

RecipePtr makeRecipe(RelaySpec spec) { return std::make_unique<Relay>(std::move(spec)); }

}  // namespace pipelines
