#include "pipelines/relay_outputs.hpp"

#include "gst/caps.hpp"
#include "pipelines/installed.hpp"
#include "pipelines/parse.hpp"
#include "pipelines/relay_mends.hpp"
#include "pipelines/url.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace pipelines {

namespace {

// Chunks of 128 bytes, the default, cost more than the media itself.
constexpr guint kRtmpChunkBytes = 16384;
constexpr guint64 kRtspTimeoutUs = 5'000'000;

// Templates allow what players of the format do not know, or the element itself has no use for.
constexpr const char* kFlvCodecs =
    "video/x-h264; audio/mpeg, mpegversion={2,4}; audio/mpeg, mpegversion=1, layer=3";
constexpr const char* kHlsCodecs =
    "video/x-h264; video/x-h265; audio/mpeg, mpegversion={2,4}; "
    "audio/mpeg, mpegversion=1, layer=3; audio/x-ac3";
// Of what a stream may have, what HLS in fragmented MP4 carries. AC-3 of GStreamer's comes without
// the parameters that its header needs.
constexpr const char* kHubCodecs =
    "video/x-h264; video/x-h265; video/x-vp9; video/x-av1; audio/mpeg, mpegversion=4; "
    "audio/mpeg, mpegversion=1, layer=3; audio/x-opus, channels=[1,2]; audio/x-flac";
// Whatever has a payloader that takes it without being asked.
constexpr const char* kRtpCodecs =
    "video/x-h264; video/x-h265; video/x-vp8; video/x-vp9; image/jpeg; "
    "video/mpeg, mpegversion=(int){1,2,4}, systemstream=false; "
    "audio/mpeg, mpegversion=4, stream-format=raw; audio/mpeg, mpegversion=1; audio/x-opus; "
    "audio/x-alaw; audio/x-mulaw; audio/x-ac3";

constexpr std::array kKinds{
    OutputKind{"mp4", "mp4mux", "filesink", "video_%u", "audio_%u", false, "mp4mux", nullptr},
    OutputKind{"flv", "flvmux", "filesink", "video", "audio", true, "flvmux", kFlvCodecs},
    OutputKind{"ts", "mpegtsmux", "filesink", "sink_%d", "sink_%d", false, "mpegtsmux", nullptr},
    OutputKind{"rtmp", "flvmux", "rtmp2sink", "video", "audio", true, "flvmux", kFlvCodecs},
    OutputKind{"srt", "mpegtsmux", "srtsink", "sink_%d", "sink_%d", false, "mpegtsmux", nullptr},
    OutputKind{"rtsp", "rtspclientsink", nullptr, "sink_%u", "sink_%u", false, nullptr, kRtpCodecs},
    OutputKind{"hls", "hlssink2", nullptr, "video", "audio", true, "mpegtsmux", kHlsCodecs},
    OutputKind{"hub", "hubsink", nullptr, "video_%u", "audio_%u", false, "hubsink", kHubCodecs},
};

struct NameOf {
  std::string operator()(const FileOutput& file) const { return file.format; }
  std::string operator()(const UrlOutput& url) const { return url.protocol; }
  std::string operator()(const HlsOutput&) const { return "hls"; }
  std::string operator()(const HubOutput&) const { return "hub"; }
};

bool isAudio(const std::string& media) { return media.starts_with("audio/"); }

io::Failed unwritable(const std::string& location, const std::string& why) {
  return {"FILE_UNWRITABLE", "The file " + location + " cannot be written: " + why, "", "output"};
}

std::string folderOf(const std::string& location) {
  const std::filesystem::path folder = std::filesystem::path(location).parent_path();
  return folder.empty() ? "." : folder.string();
}

std::optional<io::Failed> findFileFault(const std::string& location) {
  struct stat status {};
  if (stat(folderOf(location).c_str(), &status) != 0)
    return unwritable(location, std::strerror(errno));
  const bool exists = stat(location.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) return unwritable(location, std::strerror(EISDIR));
  const std::string& asked = exists ? location : folderOf(location);
  if (access(asked.c_str(), W_OK) != 0) return unwritable(location, std::strerror(errno));
  return std::nullopt;
}

// Of what is installed.
GstElement* addPart(GstElement* pipeline, const char* factory, const char* part) {
  GstElement* element =
      gst_element_factory_make(factory, (std::string(kOutputName) + part).c_str());
  gst_bin_add(GST_BIN(pipeline), element);  // the bin owns it now
  return element;
}

void set(GstElement* element, const char* property, const std::string& value) {
  g_object_set(element, property, value.c_str(), nullptr);
}

void configureRtmp(GstElement* sink, const std::string& url) {
  set(sink, "location", url);
  g_object_set(sink, "chunk-size", kRtmpChunkBytes, nullptr);
}

void configureSrt(GstElement* sink, const std::string& url) {
  set(sink, "uri", url);
  g_object_set(sink, "auto-reconnect", FALSE, nullptr);
}

void configureRtsp(GstElement* sink, const std::string& url) {
  mendEndOfRtsp(sink);
  const UrlParts parts = splitUrl(url);
  set(sink, "location", parts.location);
  gst_util_set_object_arg(G_OBJECT(sink), "protocols", "tcp");
  g_object_set(sink, "latency", 0, "tcp-timeout", kRtspTimeoutUs, nullptr);
  if (!parts.user.empty())
    g_object_set(sink, "user-id", parts.user.c_str(), "user-pw", parts.password.c_str(), nullptr);
}

// How long flvmux waits for a track that is behind before it goes on without it: it would give what
// comes later the time of what it has written. Where all tracks are there, it waits for nothing.
constexpr guint64 kFlvPatienceNs = 1'000'000'000;

std::string escaped(std::string_view name) {
  std::string format;
  for (const char c : name) format += c == '%' ? "%%" : std::string(1, c);
  return format;
}

// Segments are named after the playlist; number and extension are added.
void configureHls(GstElement* sink, const HlsOutput& output) {
  const std::filesystem::path playlist(output.location);
  const std::string segments =
      escaped((playlist.parent_path() / playlist.stem()).string()) + "%05d.ts";
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(output.segmentDuration).count();
  set(sink, "playlist-location", output.location);
  set(sink, "location", segments);
  g_object_set(sink, "target-duration", static_cast<guint>(seconds), "playlist-length",
               output.segmentCount, "max-files", output.segmentCount, "send-keyframe-requests",
               FALSE, nullptr);
}

struct Configure {
  const Output& made;
  bool hasAudio;

  void operator()(const FileOutput& file) const {
    set(made.sink, "location", file.location);
    if (file.format == "mp4") mendOpusOfMp4(made.taker);
    // Its index of a file without sound cannot be read by others.
    if (file.format == "flv" && !hasAudio) g_object_set(made.taker, "streamable", TRUE, nullptr);
  }
  void operator()(const UrlOutput& url) const {
    if (url.protocol == "rtmp") configureRtmp(made.sink, url.url);
    if (url.protocol == "srt") configureSrt(made.sink, url.url);
    if (url.protocol == "rtsp") configureRtsp(made.taker, url.url);
    if (url.protocol == "rtmp") g_object_set(made.taker, "streamable", TRUE, nullptr);
  }
  void operator()(const HlsOutput& hls) const { configureHls(made.taker, hls); }
  void operator()(const HubOutput& hub) const {
    set(made.taker, "path", hub.path);
    g_object_set(made.taker, "sync", FALSE, nullptr);
  }
};

}  // namespace

const OutputKind& kindOf(const RelayOutput& output) {
  const std::string name = std::visit(NameOf{}, output);
  for (const OutputKind& kind : kKinds)
    if (name == kind.name) return kind;
  return kKinds.front();
}

const char* padOf(const OutputKind& kind, const std::string& media) {
  return isAudio(media) ? kind.audioPad : kind.videoPad;
}

gst::Caps acceptedBy(const OutputKind& kind, const std::string& media) {
  if (!kind.carrier) return gst::Caps(gst_caps_from_string(kind.only));
  const auto factory = gst::adopt(gst_element_factory_find(kind.carrier));
  gst::Caps accepted(gst_caps_new_empty());
  if (!factory) return accepted;
  const std::string pad =
      kind.carrier == std::string_view("mpegtsmux") ? "sink_%d" : padOf(kind, media);
  for (const GList* it = gst_element_factory_get_static_pad_templates(factory.get()); it;
       it = it->next) {
    auto* made = static_cast<GstStaticPadTemplate*>(it->data);
    if (pad == made->name_template) accepted.reset(gst_static_pad_template_get_caps(made));
  }
  if (!kind.only) return accepted;
  const gst::Caps only(gst_caps_from_string(kind.only));
  return gst::Caps(gst_caps_intersect(accepted.get(), only.get()));
}

std::optional<io::Failed> findFault(const RelayOutput& output) {
  const OutputKind& kind = kindOf(output);
  for (const char* element : {kind.taker, kind.carrier, kind.sink})
    if (element && !isInstalled(element)) return notInstalled(element, "output");
  if (const auto* file = std::get_if<FileOutput>(&output)) return findFileFault(file->location);
  if (const auto* hls = std::get_if<HlsOutput>(&output)) return findFileFault(hls->location);
  return std::nullopt;
}

void playByItself(GstElement* bin) { g_object_set(bin, "async-handling", TRUE, nullptr); }

std::variant<Output, io::Failed> addOutput(GstElement* pipeline, const RelayOutput& output,
                                           bool hasAudio) {
  const OutputKind& kind = kindOf(output);
  Output made{kind, addPart(pipeline, kind.taker, "taker"), nullptr};
  if (kind.sink) made.sink = addPart(pipeline, kind.sink, "sink");
  if (kind.taker == std::string_view("hlssink2")) playByItself(made.taker);
  std::visit(Configure{made, hasAudio}, output);
  if (kind.taker == std::string_view("flvmux"))
    g_object_set(made.taker, "latency", kFlvPatienceNs, nullptr);
  if (!made.sink) return made;
  // Nothing waits for its first buffer; clocksync is what waits for the time.
  g_object_set(made.sink, "async", FALSE, "sync", FALSE, nullptr);
  gst_element_link(made.taker, made.sink);
  return made;
}

}  // namespace pipelines
