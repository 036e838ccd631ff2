#include "gst/caps.hpp"
#include "io/hub.hpp"
#include "pipelines/parse.hpp"
#include "pipelines/recipes.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <utility>

namespace pipelines {

namespace {

// A media thread answers between two pictures; one that does not is worse off than this snapshot.
constexpr std::chrono::seconds kKeyFrameDeadline{2};

struct KeyFrame {
  core::EpochRef epoch;
  core::FrameRef frame;
};

KeyFrame fetchKeyFrame(uint32_t stream) {
  auto promise = std::make_shared<std::promise<KeyFrame>>();
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

// One decoder thread: a second one would hold the picture back to wait for the next.
std::string lineOf(const SnapshotSpec& spec) {
  return "appsrc name=in format=time ! avdec_h264 max-threads=1 output-corrupt=false "
         "discard-corrupted-frames=true ! videoconvert ! videoscale ! " +
         sizeCaps(spec) + " ! " + encoderOf(spec) + " ! appsink name=out sync=false";
}

gst::Buffer bufferOf(const core::Frame& frame) {
  gst::Buffer buffer(gst_buffer_new_allocate(nullptr, frame.payload.size(), nullptr));
  gst_buffer_fill(buffer.get(), 0, frame.payload.data(), frame.payload.size());
  GST_BUFFER_PTS(buffer.get()) = GST_BUFFER_DTS(buffer.get()) = 0;
  return buffer;
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

// The newest key frame of a stream as one still picture.
class Snapshot final : public gst::Recipe {
 public:
  explicit Snapshot(SnapshotSpec spec) : spec_(std::move(spec)) {}

  Built build(gst::Control& control) override {
    control_ = &control;
    const KeyFrame key = fetchKeyFrame(spec_.stream);
    if (!key.epoch || !key.frame) return failure("The stream has no key frame yet");
    if (key.frame->damaged) return failure("The newest key frame is damaged");
    const core::Track& track = key.epoch->tracks[key.frame->track];
    if (!std::holds_alternative<core::H264Parameters>(track.parameters))
      return failure("A snapshot needs H264, the stream has " + track.codec);
    Built built = parseLaunch(lineOf(spec_));
    if (auto* pipeline = std::get_if<gst::Element>(&built)) {
      connectOutput(elementOf(pipeline->get(), "out"));
      fill(elementOf(pipeline->get(), "in"), track, *key.frame);
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

  void fill(const gst::Element& element, const core::Track& track, const core::Frame& frame) {
    GstAppSrc* appsrc = GST_APP_SRC(element.get());
    gst_app_src_set_caps(appsrc, gst::capsOf(track).get());
    gst_app_src_push_buffer(appsrc, bufferOf(frame).release());
    gst_app_src_end_of_stream(appsrc);
  }

  const SnapshotSpec spec_;
  const std::shared_ptr<std::atomic<bool>> taken_ = std::make_shared<std::atomic<bool>>(false);
  gst::Control* control_ = nullptr;
};

}  // namespace

RecipePtr makeRecipe(SnapshotSpec spec) { return std::make_unique<Snapshot>(std::move(spec)); }

}  // namespace pipelines
