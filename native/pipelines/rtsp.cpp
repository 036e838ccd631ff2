#include "pipelines/parse.hpp"
#include "pipelines/recipes.hpp"
#include "pipelines/url.hpp"

#include <cstring>
#include <string>
#include <utility>

namespace pipelines {

namespace {

// TCP keeps packets in order, so the jitter buffer need not wait; what is live is passed on at
// once.
constexpr const char* kRtspLine =
    "rtspsrc name=src protocols=tcp latency=0 tcp-timeout=5000000 hubsink name=hub sync=false";

struct Branch {
  const char* encoding;  // encoding-name of the RTP caps
  const char* depayloader;
  const char* parser;
  const char* pad;  // of hubsink
};

constexpr Branch kBranches[] = {
    {"H264", "rtph264depay", "h264parse", "video_%u"},
    {"H265", "rtph265depay", "h265parse", "video_%u"},
    {"MPEG4-GENERIC", "rtpmp4gdepay", "aacparse", "audio_%u"},
    {"OPUS", "rtpopusdepay", "opusparse", "audio_%u"},
    {"VP8", "rtpvp8depay", "identity", "video_%u"},
    {"VP9", "rtpvp9depay", "vp9parse", "video_%u"},
    {"MPA", "rtpmpadepay", "mpegaudioparse", "audio_%u"},
    {"AC3", "rtpac3depay", "ac3parse", "audio_%u"},
    {"PCMU", "rtppcmudepay", "identity", "audio_%u"},
    {"PCMA", "rtppcmadepay", "identity", "audio_%u"},
};

const Branch* findBranch(const GstCaps* caps) {
  const gchar* encoding =
      gst_structure_get_string(gst_caps_get_structure(caps, 0), "encoding-name");
  for (const Branch& branch : kBranches)
    if (encoding && g_ascii_strcasecmp(encoding, branch.encoding) == 0) return &branch;
  return nullptr;
}

std::string depayloaderName(unsigned stream) { return "depay_" + std::to_string(stream); }

// Builds the way of a stream as soon as DESCRIBE has told of it: so hubsink knows how many tracks
// to wait for before the first packet of any comes. False: do not SETUP it.
gboolean selectStream(GstElement* src, guint stream, GstCaps* caps, gpointer) {
  const gst::Object<GstObject> pipeline = gst::adopt(gst_element_get_parent(src));
  const Branch* branch = findBranch(caps);
  if (!pipeline || !branch) return FALSE;
  GstBin* bin = GST_BIN(pipeline.get());
  // What has a parent cannot be renamed.
  GstElement* depayloader = addElement(bin, branch->depayloader, depayloaderName(stream).c_str());
  GstElement* parser = addElement(bin, branch->parser);
  if (!depayloader || !parser) return FALSE;
  const gst::Element hub = elementOf(GST_ELEMENT(bin), "hub");
  return gst_element_link(depayloader, parser) &&
         gst_element_link_pads(parser, "src", hub.get(), branch->pad);
}

// The pads of rtspsrc are named after the number of their stream: by its rtpbin where it has one.
void linkStream(GstElement* src, GstPad* pad, gpointer) {
  const gst::Object<GstObject> pipeline = gst::adopt(gst_element_get_parent(src));
  unsigned stream = 0;
  const char* name = GST_OBJECT_NAME(pad);
  if (!pipeline || (std::sscanf(name, "recv_rtp_src_%u_", &stream) != 1 &&
                    std::sscanf(name, "stream_%u", &stream) != 1))
    return;
  const gst::Element depayloader =
      elementOf(GST_ELEMENT(pipeline.get()), depayloaderName(stream).c_str());
  if (!depayloader) return;
  const gst::Pad input = gst::adopt(gst_element_get_static_pad(depayloader.get(), "sink"));
  gst_pad_link(pad, input.get());
}

struct ResourceCode {
  int resourceError;
  const char* code;
};

constexpr ResourceCode kResourceCodes[] = {
    {GST_RESOURCE_ERROR_NOT_AUTHORIZED, "RTSP_UNAUTHORIZED"},
    {GST_RESOURCE_ERROR_NOT_FOUND, "RTSP_NOT_FOUND"},
    {GST_RESOURCE_ERROR_OPEN_READ, "RTSP_CONNECT"},
    {GST_RESOURCE_ERROR_OPEN_WRITE, "RTSP_CONNECT"},
    {GST_RESOURCE_ERROR_OPEN_READ_WRITE, "RTSP_CONNECT"},
};

// Pull by rtspsrc. It plays before the camera has answered: `playing` is told when it has.
class Rtsp final : public gst::Recipe {
 public:
  explicit Rtsp(RtspSpec spec) : path_(std::move(spec.path)), url_(splitUrl(spec.url)) {}

  Built build(gst::Control& control) override {
    control_ = &control;
    Built built = parseLaunch(kRtspLine);
    auto* pipeline = std::get_if<gst::Element>(&built);
    if (!pipeline) return built;
    const gst::Element src = elementOf(pipeline->get(), "src");
    g_object_set(src.get(), "location", url_.location.c_str(), nullptr);
    if (!url_.user.empty())
      g_object_set(src.get(), "user-id", url_.user.c_str(), "user-pw", url_.password.c_str(),
                   nullptr);
    g_object_set(elementOf(pipeline->get(), "hub").get(), "path", path_.c_str(), nullptr);
    g_signal_connect(src.get(), "select-stream", G_CALLBACK(selectStream), nullptr);
    g_signal_connect(src.get(), "pad-added", G_CALLBACK(linkStream), nullptr);
    return built;
  }

  bool tells(GstState state) override {
    isPlaying_ = state == GST_STATE_PLAYING;
    return isOpen_ || !isPlaying_;
  }

  void completed(std::string_view step) override {
    if (step != "open") return;
    isOpen_ = true;
    if (isPlaying_) control_->emit(io::StateChanged{"playing"});
  }

  io::Failed explain(const gst::BusError& error) override {
    io::Failed failed = error.failed;
    for (const auto& [resourceError, code] : kResourceCodes)
      if (error.is(GST_RESOURCE_ERROR, resourceError)) failed.code = code;
    return failed;
  }

 private:
  const std::string path_;
  const UrlParts url_;
  gst::Control* control_ = nullptr;
  bool isPlaying_ = false;
  bool isOpen_ = false;  // the camera has answered DESCRIBE and SETUP
};

}  // namespace

RecipePtr makeRecipe(RtspSpec spec) { return std::make_unique<Rtsp>(std::move(spec)); }

}  // namespace pipelines
