#include "gst/caps.hpp"
#include "gst/frame_buffer.hpp"
#include "io/hub.hpp"
#include "pipelines/parse.hpp"
#include "pipelines/recipes.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace pipelines {

namespace {

// A media thread answers between two pictures; one that does not is worse off than this snapshot.
constexpr std::chrono::seconds kKeyFrameDeadline{2};

struct StreamKeyFrame {
  core::EpochRef epoch;
  core::FrameRef frame;
};

StreamKeyFrame fetchKeyFrame(uint32_t stream) {
  auto promise = std::make_shared<std::promise<StreamKeyFrame>>();
  auto future = promise->get_future();
  io::Hub::instance().keyFrame(stream, [promise](core::EpochRef epoch, core::FrameRef frame) {
    promise->set_value({std::move(epoch), std::move(frame)});
  });
  if (future.wait_for(kKeyFrameDeadline) != std::future_status::ready) return {};
  return future.get();
}

io::Failed failure(std::string why, std::string detail = "") {
  return {"SNAPSHOT_FAILED", std::move(why), std::move(detail)};
}

// A size range makes videoscale fit the picture into both by its aspect ratio, never enlarging it.
std::string sizeCaps(const SnapshotSpec& spec) {
  const bool both = spec.width > 0 && spec.height > 0;
  const auto field = [both](const char* name, uint32_t size) -> std::string {
    if (size == 0) return "";
    const std::string value = std::to_string(size);
    return std::string(",") + name + "=" + (both ? "[1," + value + "]" : value);
  };
  return "video/x-raw" + field("width", spec.width) + field("height", spec.height) +
         ",pixel-aspect-ratio=1/1";
}

// Settings for speed: the picture is looked at once, somebody waits for it.
std::string encoderOf(const SnapshotSpec& spec) {
  const std::string quality = std::to_string(spec.quality);
  if (spec.format == "png") return "pngenc compression-level=2";
  if (spec.format == "webp") return "webpenc speed=1 quality=" + quality;
  return "jpegenc quality=" + quality;
}

// One thread: a second one would hold the picture back to wait for the next.
std::string strict(const char* decoder) {
  return std::string(decoder) + " max-threads=1 output-corrupt=false discard-corrupted-frames=true";
}

std::string decoderOf(const GstCaps& caps) {
  static const std::map<std::string_view, std::string> decoders{
      {"video/x-h264", strict("avdec_h264")},
      {"video/x-h265", strict("avdec_h265")},
      {"video/x-vp8", "vp8dec"},
      {"video/x-vp9", "vp9dec"},
      {"video/x-av1", "av1parse ! av1dec"},
      {"image/jpeg", "jpegdec"},
      {"video/x-raw", "identity"}};
  const auto found = decoders.find(gst_structure_get_name(gst_caps_get_structure(&caps, 0)));
  return found == decoders.end() ? "decodebin" : found->second;
}

std::string lineOf(const SnapshotSpec& spec, const GstCaps& caps) {
  return "appsrc name=in format=time ! " + decoderOf(caps) + " ! videoconvert ! videoscale ! " +
         sizeCaps(spec) + " ! " + encoderOf(spec) + " ! appsink name=out sync=false";
}

using Found = std::variant<gst::KeyFrame, io::Failed>;

Found ofStream(uint32_t stream) {
  const StreamKeyFrame key = fetchKeyFrame(stream);
  if (!key.epoch || !key.frame) return failure("The stream has no key frame yet");
  if (key.frame->damaged) return failure("The newest key frame is damaged");
  const core::Track& track = key.epoch->tracks[key.frame->track];
  gst::Caps caps = gst::capsOf(track);
  if (!caps) return failure("No snapshot can be made of " + track.codec);
  return gst::KeyFrame{std::move(caps), gst::bufferOf(track, key.frame)};
}

Found ofPipeline(const gst::Meter* meter) {
  if (!meter) return failure("There is no such pipeline, or it shows no pictures");
  gst::KeyFrame key = meter->newestKeyFrame();
  if (!key.buffer) return failure("The pipeline has had no key frame yet");
  return key;
}

core::Bytes bytesOf(GstBuffer* buffer) {
  core::Bytes bytes(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return bytes;
}

// What the streaming thread of appsink needs; freed with appsink.
struct Taker {
  gst::Control& control;
  std::shared_ptr<std::atomic<bool>> taken;
};

GstFlowReturn takePicture(GstAppSink* appsink, gpointer data) {
  const auto* taker = static_cast<Taker*>(data);
  const gst::Sample sample(gst_app_sink_pull_sample(appsink));
  GstBuffer* buffer = sample ? gst_sample_get_buffer(sample.get()) : nullptr;
  if (buffer && !taker->taken->exchange(true))
    taker->control.emit(io::Picture{core::makeBlock(bytesOf(buffer))});
  return GST_FLOW_OK;
}

// The newest key frame of a stream or of a pipeline as one still picture.
class Snapshot final : public gst::Recipe {
 public:
  explicit Snapshot(SnapshotSpec spec) : spec_(std::move(spec)) {}

  Built build(gst::Control& control) override {
    control_ = &control;
    Found found = spec_.pipeline > 0 ? ofPipeline(spec_.meter.get()) : ofStream(spec_.stream);
    if (auto* fault = std::get_if<io::Failed>(&found)) return std::move(*fault);
    const gst::KeyFrame& key = std::get<gst::KeyFrame>(found);
    Built built = parseLaunch(lineOf(spec_, *key.caps));
    if (auto* pipeline = std::get_if<gst::Element>(&built)) {
      connectOutput(elementOf(pipeline->get(), "out"));
      fill(elementOf(pipeline->get(), "in"), key);
    }
    return built;
  }

  bool goesOn(GstElement*) override {
    if (!*taken_) control_->emit(failure("The key frame could not be decoded"));
    return false;
  }

  io::Failed explain(const gst::BusError& error) override {
    return failure(error.failed.message, error.failed.detail);
  }

 private:
  void connectOutput(const gst::Element& appsink) {
    GstAppSinkCallbacks callbacks{};
    callbacks.new_sample = takePicture;
    auto taker = std::make_unique<Taker>(Taker{*control_, taken_});
    const GDestroyNotify drop = [](gpointer data) {
      std::unique_ptr<Taker> owned(static_cast<Taker*>(data));
    };
    gst_app_sink_set_callbacks(GST_APP_SINK(appsink.get()), &callbacks, taker.release(),
                               drop);  // now owned by appsink
  }

  void fill(const gst::Element& element, const gst::KeyFrame& key) {
    GstAppSrc* appsrc = GST_APP_SRC(element.get());
    gst::Buffer buffer(gst_buffer_copy(key.buffer.get()));
    GST_BUFFER_PTS(buffer.get()) = GST_BUFFER_DTS(buffer.get()) = 0;
    gst_app_src_set_caps(appsrc, key.caps.get());
    gst_app_src_push_buffer(appsrc, buffer.release());
    gst_app_src_end_of_stream(appsrc);
  }

  const SnapshotSpec spec_;
  const std::shared_ptr<std::atomic<bool>> taken_ = std::make_shared<std::atomic<bool>>(false);
  gst::Control* control_ = nullptr;
};

}  // namespace

RecipePtr makeRecipe(SnapshotSpec spec) { return std::make_unique<Snapshot>(std::move(spec)); }

}  // namespace pipelines
