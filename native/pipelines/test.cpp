#include "pipelines/parse.hpp"
#include "pipelines/recipes.hpp"

#include <array>
#include <algorithm>
#include <string>
#include <utility>

namespace pipelines {

namespace {

constexpr uint32_t kFullHdHeight = 1080;

bool isInstalled(const char* factory) {
  return gst::adopt(gst_element_factory_find(factory)) != nullptr;
}

std::string videoLine(const TestSpec& spec) {
  const std::string size = ",width=" + std::to_string(spec.width) +
                           ",height=" + std::to_string(spec.height) +
                           ",framerate=" + std::to_string(spec.frameRate) + "/1";
  // The bars move, so that every picture differs from the one before, even without a font.
  std::string line = "videotestsrc is-live=true pattern=smpte75 horizontal-speed=2 ! ";
  line += "video/x-raw,format=I420" + size + " ! ";
  if (isInstalled("timeoverlay"))
    line += "timeoverlay halignment=center valignment=center font-desc=\"Sans 28\" ! ";
  // Key frames only where the GOP says so; threads: one is enough up to Full HD and starts faster.
  line += "x264enc tune=zerolatency speed-preset=ultrafast bframes=0 b-adapt=false ";
  line += "option-string=scenecut=0 key-int-max=" + std::to_string(spec.gop);
  line += " bitrate=" + std::to_string(std::max(1U, spec.bitrateBps / 1000));
  line += " threads=" + std::to_string(spec.height > kFullHdHeight ? 2 : 1);
  return line + " ! video/x-h264,profile=main ! queue ! hub. ";
}

// "" when there is no encoder: then the picture has no tone.
std::string audioLine() {
  static constexpr std::array kEncoders{"fdkaacenc", "avenc_aac", "voaacenc"};
  const auto encoder = std::find_if(kEncoders.begin(), kEncoders.end(), isInstalled);
  if (encoder == kEncoders.end()) return "";
  return "audiotestsrc is-live=true wave=sine freq=440 volume=0.05 samplesperbuffer=1024 ! "
         "audio/x-raw,rate=48000,channels=2 ! audioconvert ! " +
         std::string(*encoder) + " bitrate=64000 ! aacparse ! queue ! hub.";
}

// A moving picture with running time and a quiet tone.
class Test final : public gst::Recipe {
 public:
  explicit Test(TestSpec spec) : spec_(std::move(spec)) {}

  Built build(gst::Control&) override {
    const std::string line = "hubsink name=hub " + videoLine(spec_);
    Built built = parseLaunch(spec_.audio ? line + audioLine() : line);
    if (auto* pipeline = std::get_if<gst::Element>(&built))
      g_object_set(elementOf(pipeline->get(), "hub").get(), "path", spec_.path.c_str(), nullptr);
    return built;
  }

 private:
  const TestSpec spec_;
};

}  // namespace

RecipePtr makeRecipe(TestSpec spec) { return std::make_unique<Test>(std::move(spec)); }

}  // namespace pipelines
