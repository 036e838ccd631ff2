#include "pipelines/parse.hpp"
#include "pipelines/recipes.hpp"
#include "pipelines/regular_file.hpp"

#include <string>
#include <utility>
#include <vector>

namespace pipelines {

namespace {

// Nothing is decoded. The multiqueue keeps badly interleaved files from starving one of the tracks.
constexpr const char* kLine =
    "filesrc name=file ! parsebin name=parse "
    "multiqueue name=queue max-size-buffers=0 max-size-time=2000000000 hubsink name=hub";

// What turns the stream format that the file has into the one that hubsink takes.
const char* parserOf(const GstStructure* structure) {
  int version = 0;
  gst_structure_get_int(structure, "mpegversion", &version);
  if (gst_structure_has_name(structure, "video/x-h264")) return "h264parse";
  if (gst_structure_has_name(structure, "video/x-h265")) return "h265parse";
  if (gst_structure_has_name(structure, "audio/mpeg") && version == 4) return "aacparse";
  return "identity";
}

const char* templateOf(const GstStructure* structure) {
  return g_str_has_prefix(gst_structure_get_name(structure), "audio/") ? "audio_%u" : "video_%u";
}

bool link(GstElement* from, const char* output, GstElement* to, const char* input) {
  return gst_element_link_pads_full(from, output, to, input, GST_PAD_LINK_CHECK_DEFAULT);
}

// Leads a pad of parsebin through parser and queue to hubsink. A track that hubsink does not take
// is left alone.
void addTrack(GstElement* parsebin, GstPad* pad, gpointer) {
  const gst::Object<GstObject> pipeline = gst::adopt(gst_element_get_parent(parsebin));
  // Not negotiated yet: asked, its parser says what it can make.
  const gst::Caps caps(gst_pad_query_caps(pad, nullptr));
  if (!pipeline || gst_caps_get_size(caps.get()) == 0) return;
  GstBin* bin = GST_BIN(pipeline.get());
  const GstStructure* structure = gst_caps_get_structure(caps.get(), 0);
  const gst::Element queue = elementOf(GST_ELEMENT(bin), "queue");
  const gst::Element hub = elementOf(GST_ELEMENT(bin), "hub");
  GstElement* parser = addElement(bin, parserOf(structure));
  if (!parser) return;
  const gst::Pad queueIn = gst::adopt(gst_element_request_pad_simple(queue.get(), "sink_%u"));
  // multiqueue numbers both sides alike.
  const std::string number = std::string(GST_OBJECT_NAME(queueIn.get())).substr(5);
  const std::string queueOut = "src_" + number;
  const gst::String padName(gst_pad_get_name(pad));
  const bool linked = link(queue.get(), queueOut.c_str(), hub.get(), templateOf(structure)) &&
                      link(parser, "src", queue.get(), GST_OBJECT_NAME(queueIn.get())) &&
                      link(parsebin, padName.get(), parser, "sink");
  if (linked) return;
  const gst::Pad out = gst::adopt(gst_element_get_static_pad(queue.get(), queueOut.c_str()));
  const gst::Pad taken = out ? gst::adopt(gst_pad_get_peer(out.get())) : nullptr;
  if (taken) gst_element_release_request_pad(hub.get(), taken.get());
  gst_element_release_request_pad(queue.get(), queueIn.get());
  gst_element_set_state(parser, GST_STATE_NULL);
  gst_bin_remove(bin, parser);
}

std::vector<gst::Pad> padsOf(GstElement* hub) {
  std::vector<gst::Pad> pads;
  const GstElementForeachPadFunc take = [](GstElement*, GstPad* pad, gpointer into) -> gboolean {
    static_cast<std::vector<gst::Pad>*>(into)->push_back(gst::share(pad));
    return TRUE;
  };
  gst_element_foreach_sink_pad(hub, take, &pads);
  return pads;
}

// Says so when nothing of the file could be used. What its demuxer says of pads that lead nowhere
// is not to be relied on: parsebin swallows errors of elements that it is still plugging.
void checkTracks(GstElement* parsebin, gpointer) {
  const gst::Object<GstObject> pipeline = gst::adopt(gst_element_get_parent(parsebin));
  if (!pipeline) return;
  const gst::Element hub = elementOf(GST_ELEMENT(pipeline.get()), "hub");
  if (padsOf(hub.get()).empty())
    GST_ELEMENT_ERROR(pipeline.get(), STREAM, WRONG_TYPE, ("No track"), (nullptr));
}

// A file in real time, again and again when it is to loop.
class File final : public gst::Recipe {
 public:
  explicit File(FileSpec spec) : spec_(std::move(spec)) {}

  Built build(gst::Control&) override {
    if (auto fault = findFault(spec_.location)) return std::move(*fault);
    Built built = parseLaunch(kLine);
    auto* pipeline = std::get_if<gst::Element>(&built);
    if (!pipeline) return built;
    const gst::Element parsebin = elementOf(pipeline->get(), "parse");
    g_object_set(elementOf(pipeline->get(), "file").get(), "location", spec_.location.c_str(),
                 nullptr);
    hub_ = elementOf(pipeline->get(), "hub");
    g_object_set(hub_.get(), "path", spec_.path.c_str(), nullptr);
    g_signal_connect(parsebin.get(), "pad-added", G_CALLBACK(addTrack), nullptr);
    g_signal_connect(parsebin.get(), "drained", G_CALLBACK(checkTracks), nullptr);
    return built;
  }

  // From its beginning, which comes at the time at which the end has been shown: hubsink sees one
  // time line without end.
  bool goesOn(GstElement* pipeline) override {
    if (!spec_.loop) return false;
    guint64 end = 0;
    g_object_get(hub_.get(), "end-time", &end, nullptr);
    for (const gst::Pad& pad : padsOf(hub_.get()))
      gst_pad_set_offset(pad.get(), static_cast<gint64>(end));
    return gst_element_seek_simple(pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0);
  }

  // Whatever fails before there is a track says that in words of its own.
  io::Failed explain(const gst::BusError& error) override {
    if (error.error->domain != GST_STREAM_ERROR || !padsOf(hub_.get()).empty()) return error.failed;
    return {"FILE_UNREADABLE", "The file " + spec_.location + " has no track that can be published",
            error.failed.detail};
  }

 private:
  const FileSpec spec_;
  gst::Element hub_;
};

}  // namespace

RecipePtr makeRecipe(FileSpec spec) { return std::make_unique<File>(std::move(spec)); }

}  // namespace pipelines
