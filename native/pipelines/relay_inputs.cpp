#include "pipelines/relay_inputs.hpp"

#include "pipelines/installed.hpp"
#include "pipelines/parse.hpp"
#include "pipelines/regular_file.hpp"
#include "pipelines/relay_room.hpp"
#include "pipelines/url.hpp"

#include <array>
#include <memory>
#include <string_view>

namespace pipelines {

namespace {

constexpr guint kRtspLatencyMs = 0;  // TCP keeps packets in order
constexpr guint64 kSourceTimeoutUs = 5'000'000;

std::string nameOf(const char* part) { return std::string(kInputName) + part; }

// Of what is installed.
GstElement* addPart(GstBin* bin, const char* factory, const char* part) {
  GstElement* element = gst_element_factory_make(factory, part ? nameOf(part).c_str() : nullptr);
  if (!part) {
    const gst::String made(gst_element_get_name(element));
    gst_object_set_name(GST_OBJECT(element), nameOf(made.get()).c_str());
  }
  gst_bin_add(bin, element);  // the bin owns it now
  return element;
}

using TracksHolder = RelayTracksRef;

// Connects a handler whose last argument is a TracksHolder, which it keeps.
void connect(GstElement* element, const char* signal, GCallback handler,
             const RelayTracksRef& tracks) {
  auto held = std::make_unique<TracksHolder>(tracks);
  const GClosureNotify drop = [](gpointer data, GClosure*) {
    std::unique_ptr<TracksHolder> owned(static_cast<TracksHolder*>(data));
  };
  g_signal_connect_data(element, signal, handler, held.release(), drop,
                        static_cast<GConnectFlags>(0));  // now owned by the connection
}

const RelayTracksRef& tracksOf(gpointer data) { return *static_cast<TracksHolder*>(data); }

void noMore(GstElement* maker, gpointer tracks) { tracksOf(tracks)->haveNoMore(maker); }

GstBin* binOf(GstElement* element) { return GST_BIN(GST_ELEMENT_PARENT(element)); }

// A pad with one track: into the queue.
void enqueue(GstElement* element, GstPad* pad, const RelayTracksRef& tracks,
             const GstElement* maker) {
  const gst::Element queue = elementOf(GST_ELEMENT(binOf(element)), nameOf("queue").c_str());
  const gst::Pad input = gst::adopt(gst_element_request_pad_simple(queue.get(), "sink_%u"));
  // multiqueue numbers both sides alike.
  const std::string number = std::string(GST_OBJECT_NAME(input.get())).substr(5);
  tracks->add(queue.get(), {"sink_" + number, "src_" + number}, nullptr, maker);
  gst_pad_link(pad, input.get());
}

void addDemuxed(GstElement* demuxer, GstPad* pad, gpointer tracks) {
  enqueue(demuxer, pad, tracksOf(tracks), nullptr);
}

// It shows all its pads before it lets media go, and says nothing more about it.
void addParsed(GstElement* parser, GstPad* pad, gpointer tracks) {
  enqueue(parser, pad, tracksOf(tracks), parser);
}

GstElement* addParser(GstBin* bin, const RelayTracksRef& tracks) {
  GstElement* parser = addPart(bin, "parsebin", nullptr);
  tracks->expectMore(parser);
  connect(parser, "pad-added", G_CALLBACK(addParsed), tracks);
  return parser;
}

// A pad of a source that holds anything: a container, RTP, a bare codec.
void parsePad(GstElement* source, GstPad* pad, gpointer tracks) {
  GstElement* parser = addParser(binOf(source), tracksOf(tracks));
  const gst::Pad input = gst::adopt(gst_element_get_static_pad(parser, "sink"));
  gst_pad_link(pad, input.get());
  gst_element_sync_state_with_parent(parser);
}

void overrunOfFile(GstElement* queue, gpointer tracks) {
  const bool waits = tracksOf(tracks)->expectsMore() || waitsForMedia(queue);
  if (!waits || !makeRoom(queue)) tracksOf(tracks)->settle();
}

// What is live does not wait for a track that may never come.
void overrun(GstElement* queue, gpointer tracks) {
  tracksOf(tracks)->settle();
  if (waitsForMedia(queue)) makeRoom(queue);
}

void addQueue(GstBin* bin, const RelayTracksRef& tracks, bool ofFile) {
  GstElement* queue = addPart(bin, "multiqueue", "queue");
  giveRoom(queue);
  connect(queue, "overrun", ofFile ? G_CALLBACK(overrunOfFile) : G_CALLBACK(overrun), tracks);
}

using Failure = std::optional<io::Failed>;
struct Site {
  GstBin* bin;
  const std::string& uri;
  const RelayTracksRef& tracks;
};

// A source with one pad that is there from the start.
Failure addStatic(const Site& site, GstElement* source) {
  gst_element_link(source, addParser(site.bin, site.tracks));
  return std::nullopt;
}

// Its demuxer's pads are tracks; a parser behind each, because FLV tells no picture's size.
Failure addFlv(const Site& site, GstElement* source) {
  if (!isInstalled("flvdemux")) return notInstalled("flvdemux", "input");
  GstElement* demuxer = addPart(site.bin, "flvdemux", "demuxer");
  gst_element_link(source, demuxer);
  site.tracks->expectMore(demuxer);
  connect(demuxer, "pad-added", G_CALLBACK(addDemuxed), site.tracks);
  connect(demuxer, "no-more-pads", G_CALLBACK(noMore), site.tracks);
  return std::nullopt;
}

Failure addFile(const Site& site) {
  const gst::String location(g_filename_from_uri(site.uri.c_str(), nullptr, nullptr));
  if (!location)
    return io::Failed{"FILE_UNREADABLE", "The URI " + site.uri + " names no file of this machine",
                      "", "input"};
  if (auto fault = findFault(location.get())) {
    fault->side = "input";
    return fault;
  }
  // GStreamer 1.22 breaks off in it or stands still.
  if (beginsWith(location.get(), "nut/multimedia"))
    return io::Failed{"FILE_UNREADABLE",
                      std::string("The file ") + location.get() + " cannot be read: it is NUT", "",
                      "input"};
  GstElement* source = addPart(site.bin, "filesrc", "source");
  g_object_set(source, "location", location.get(), nullptr);
  // parsebin lets media of FLV go before it knows of all tracks.
  return beginsWith(location.get(), "FLV") ? addFlv(site, source) : addStatic(site, source);
}

Failure addSrt(const Site& site) {
  GstElement* source = addPart(site.bin, "srtsrc", "source");
  g_object_set(source, "uri", site.uri.c_str(), "auto-reconnect", FALSE, nullptr);
  return addStatic(site, source);
}

Failure addRtmp(const Site& site) {
  GstElement* source = addPart(site.bin, "rtmp2src", "source");
  g_object_set(source, "location", site.uri.c_str(), nullptr);
  return addFlv(site, source);
}

Failure addRtsp(const Site& site) {
  GstElement* source = addPart(site.bin, "rtspsrc", "source");
  const UrlParts url = splitUrl(site.uri);
  g_object_set(source, "location", url.location.c_str(), "latency", kRtspLatencyMs, "tcp-timeout",
               kSourceTimeoutUs, nullptr);
  gst_util_set_object_arg(G_OBJECT(source), "protocols", "tcp");
  if (!url.user.empty())
    g_object_set(source, "user-id", url.user.c_str(), "user-pw", url.password.c_str(), nullptr);
  site.tracks->expectMore(source);
  connect(source, "pad-added", G_CALLBACK(parsePad), site.tracks);
  connect(source, "no-more-pads", G_CALLBACK(noMore), site.tracks);
  return std::nullopt;
}

// HTTP: HLS, or whatever it serves. Of an adaptive stream nobody says that no more pads come.
Failure addOther(const Site& site) {
  GstElement* source = addPart(site.bin, "urisourcebin", "source");
  g_object_set(source, "uri", site.uri.c_str(), nullptr);
  connect(source, "pad-added", G_CALLBACK(parsePad), site.tracks);
  return std::nullopt;
}

struct Way {
  std::string_view scheme;
  Failure (*add)(const Site& site);
  std::optional<bool> live;
  std::array<const char*, 3> needs;  // elements
};

constexpr std::array<const char*, 3> kRtmpNeeds{"multiqueue", "rtmp2src", nullptr};
constexpr std::array<const char*, 3> kRtspNeeds{"multiqueue", "rtspsrc", "parsebin"};

constexpr std::array kWays{
    Way{"file", addFile, false, {"multiqueue", "filesrc", "parsebin"}},
    Way{"srt", addSrt, true, {"multiqueue", "srtsrc", "parsebin"}},
    Way{"rtmp", addRtmp, true, kRtmpNeeds},
    Way{"rtmps", addRtmp, true, kRtmpNeeds},
    Way{"rtsp", addRtsp, true, kRtspNeeds},
    Way{"rtsps", addRtsp, true, kRtspNeeds},
    Way{"rtspt", addRtsp, true, kRtspNeeds},
    Way{"", addOther, std::nullopt, {"multiqueue", "urisourcebin", "parsebin"}},
};

const Way& wayOf(std::string_view scheme) {
  for (const Way& way : kWays)
    if (way.scheme == scheme) return way;
  return kWays.back();
}

void holdTrack(GstElement* source, GstPad* pad, gpointer tracks) {
  GstElement* queue = addPart(binOf(source), "queue", nullptr);
  giveRoom(queue);
  const gst::Pad input = gst::adopt(gst_element_get_static_pad(queue, "sink"));
  tracksOf(tracks)->add(queue, {"sink", "src"}, gst::Caps(gst_pad_get_current_caps(pad)));
  gst_pad_link(pad, input.get());
  gst_element_sync_state_with_parent(queue);
}

// Its pads need no parser; they know their caps before a frame comes.
Failure addHub(GstBin* bin, const HubInput& input, const RelayTracksRef& tracks) {
  GstElement* source = addPart(bin, "hubsrc", "source");
  g_object_set(source, "path", input.path.c_str(), nullptr);
  tracks->expectMore(source);
  connect(source, "pad-added", G_CALLBACK(holdTrack), tracks);
  connect(source, "no-more-pads", G_CALLBACK(noMore), tracks);
  return std::nullopt;
}

}  // namespace

std::string schemeOf(const RelayInput& input) {
  const auto* uri = std::get_if<UriInput>(&input);
  if (!uri) return "hub";
  const gst::String scheme(gst_uri_get_protocol(uri->uri.c_str()));
  return scheme ? scheme.get() : "";
}

std::optional<bool> isLive(const RelayInput& input) {
  const auto* uri = std::get_if<UriInput>(&input);
  if (!uri) return true;
  const auto known = wayOf(schemeOf(input)).live;
  if (known || !uri->live) return known;
  return true;
}

std::optional<io::Failed> addInput(GstElement* pipeline, const RelayInput& input,
                                   const RelayTracksRef& tracks) {
  GstBin* bin = GST_BIN(pipeline);
  if (const auto* hub = std::get_if<HubInput>(&input)) return addHub(bin, *hub, tracks);
  const Way& way = wayOf(schemeOf(input));
  for (const char* element : way.needs)
    if (element && !isInstalled(element)) return notInstalled(element, "input");
  addQueue(bin, tracks, way.live == false);
  return way.add({bin, std::get<UriInput>(input).uri, tracks});
}

void keepDemuxers(GstElement* pipeline) {
  GstIterator* found = gst_bin_iterate_all_by_element_factory_name(GST_BIN(pipeline), "hlsdemux2");
  const GstIteratorForeachFunction keep = [](const GValue* value, gpointer) {
    gst_object_ref(g_value_get_object(value));
  };
  gst_iterator_foreach(found, keep, nullptr);
  gst_iterator_free(found);
}

}  // namespace pipelines
