#include "core/flac.hpp"
#include "gst/caps.hpp"
#include "gst/frame_buffer.hpp"
#include "io/hub.hpp"
#include "pipelines/parse.hpp"
#include "pipelines/recipes.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace pipelines {

namespace {

std::string soundDecoderOf(const GstCaps& caps) {
  static const std::map<std::string_view, std::string> decoders{
      {"audio/x-mulaw", "mulawdec"},    {"audio/x-alaw", "alawdec"},
      {"audio/G722", "avdec_g722"},     {"audio/x-adpcm", "avdec_g726"},
      {"audio/mpeg", "mpg123audiodec"}, {"audio/x-ac3", "avdec_ac3"},
      {"audio/x-raw", "identity"},
  };
  const auto found = decoders.find(gst_structure_get_name(gst_caps_get_structure(&caps, 0)));
  return found == decoders.end() ? "decodebin" : found->second;
}

// Times follow the source's, over gaps too.
std::string lineOf(const GstCaps& caps, const core::FlacParameters& flac) {
  return "appsrc name=in format=time max-bytes=1000000 leaky-type=downstream ! " +
         soundDecoderOf(caps) +
         " ! audioconvert ! audioresample ! audio/x-raw,format=S16LE,layout=interleaved,rate=" +
         std::to_string(flac.sampleRateHz) + ",channels=" + std::to_string(flac.channels) +
         " ! flacenc perfect-timestamp=false blocksize=" + std::to_string(flac.samplesPerFrame) +
         " ! appsink name=out sync=false async=false";
}

core::Bytes frameBytes(GstBuffer* buffer) {
  core::Bytes bytes(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return bytes;
}

// What FLAC begins with is no frame: it stands in the parameters.
GstFlowReturn giveFrame(GstAppSink* appsink, gpointer data) {
  const gst::Sample sample(gst_app_sink_pull_sample(appsink));
  GstBuffer* buffer = sample ? gst_sample_get_buffer(sample.get()) : nullptr;
  if (!buffer || !GST_BUFFER_PTS_IS_VALID(buffer)) return GST_FLOW_OK;
  core::Bytes bytes = frameBytes(buffer);
  const core::Micros pts(static_cast<int64_t>(GST_BUFFER_PTS(buffer) / GST_USECOND));
  if (core::flac::isFrame(bytes)) (*static_cast<io::SoundRef*>(data))->give(pts, std::move(bytes));
  return GST_FLOW_OK;
}

// The sound of one track of a playable stream, decoded and made FLAC.
class Sound final : public gst::Recipe {
 public:
  explicit Sound(SoundSpec spec) : spec_(spec) {}
  ~Sound() override {
    if (sound_) sound_->disconnect();
  }

  Built build(gst::Control&) override {
    sound_ = io::Hub::instance().findSound(spec_.stream, {spec_.epoch, spec_.track});
    if (!sound_) return io::Failed{"PIPELINE_ERROR", "The sound is not wanted any more", ""};
    const gst::Caps caps = gst::capsOf(sound_->from);
    if (!caps)
      return io::Failed{"PIPELINE_ERROR", "There is no decoder of " + sound_->from.codec, ""};
    Built built = parseLaunch(lineOf(*caps, sound_->to));
    if (auto* pipeline = std::get_if<gst::Element>(&built)) {
      connectOutput(elementOf(pipeline->get(), "out"));
      connectInput(elementOf(pipeline->get(), "in"), caps);
    }
    return built;
  }

 private:
  void connectOutput(const gst::Element& appsink) {
    GstAppSinkCallbacks callbacks{};
    callbacks.new_sample = giveFrame;
    auto sound = std::make_unique<io::SoundRef>(sound_);
    const GDestroyNotify drop = [](gpointer data) {
      std::unique_ptr<io::SoundRef> owned(static_cast<io::SoundRef*>(data));
    };
    gst_app_sink_set_callbacks(GST_APP_SINK(appsink.get()), &callbacks, sound.release(),
                               drop);  // now owned by appsink
  }

  // appsrc takes what comes without waiting: it throws away what is too much.
  void connectInput(gst::Element appsrc, const gst::Caps& caps) {
    gst_app_src_set_caps(GST_APP_SRC(appsrc.get()), caps.get());
    auto held = std::make_shared<gst::Element>(std::move(appsrc));
    sound_->connect([held, from = sound_->from](const core::FrameRef& frame) {
      gst_app_src_push_buffer(GST_APP_SRC(held->get()), gst::bufferOf(from, frame).release());
    });
  }

  const SoundSpec spec_;
  io::SoundRef sound_;
};

}  // namespace

RecipePtr makeRecipe(SoundSpec spec) { return std::make_unique<Sound>(spec); }

}  // namespace pipelines
