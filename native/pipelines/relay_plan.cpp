#include "pipelines/relay_plan.hpp"

#include "gst/caps.hpp"
#include "pipelines/installed.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

namespace pipelines {

namespace {

constexpr int kKeyFrameSeconds = 2;
constexpr double kDefaultFrameRate = 25;
constexpr double kBitsPerPixel = 0.1;  // 5 Mbit/s for 1080p25
constexpr int kDefaultKbps = 2500;
constexpr int kLeastKbps = 200;

using ParseContext = gst::Holder<GstParseContext, gst_parse_context_free>;
using Names = gst::Holder<gchar*, g_strfreev>;
using Released = gst::Holder<GList, gst_plugin_feature_list_free>;

struct Parser {
  std::string_view media;
  int version;  // mpegversion; 0: any
  const char* line;
};

constexpr std::array kParsers{
    Parser{"video/x-h264", 0, "h264parse"},    Parser{"video/x-h265", 0, "h265parse"},
    Parser{"audio/mpeg", 4, "aacparse"},       Parser{"audio/mpeg", 2, "aacparse"},
    Parser{"audio/mpeg", 1, "mpegaudioparse"}, Parser{"audio/x-opus", 0, "opusparse"},
    Parser{"audio/x-ac3", 0, "ac3parse"},      Parser{"video/x-av1", 0, "av1parse"},
    Parser{"video/x-vp9", 0, "vp9parse"},
};

const GstStructure* structureOf(const gst::Caps& caps) {
  return gst_caps_get_structure(caps.get(), 0);
}

std::string mediaOf(const gst::Caps& caps) { return gst_structure_get_name(structureOf(caps)); }

int intOf(const GstStructure* structure, const char* field) {
  int value = 0;
  gst_structure_get_int(structure, field, &value);
  return value;
}

bool isTrue(const GstStructure* structure, const char* field) {
  gboolean value = FALSE;
  return gst_structure_get_boolean(structure, field, &value) && value;
}

core::Kind kindOfMedia(const std::string& media) {
  if (media.starts_with("video/") || media.starts_with("image/")) return core::Kind::video;
  return media.starts_with("audio/") ? core::Kind::audio : core::Kind::other;
}

// The caps without what a parser can change.
gst::Caps essenceOf(const gst::Caps& caps) {
  gst::Caps essence(gst_caps_copy(caps.get()));
  const auto drop = [](GQuark field, GValue*, gpointer) -> gboolean {
    static constexpr std::array kKept{"mpegversion", "layer", "systemstream", "rate", "channels"};
    const std::string_view name = g_quark_to_string(field);
    return std::ranges::find(kKept, name) != kKept.end();
  };
  gst_structure_filter_and_map_in_place(gst_caps_get_structure(essence.get(), 0), drop, nullptr);
  return essence;
}

bool isRaw(const gst::Caps& caps) { return mediaOf(caps).ends_with("/x-raw"); }

bool isDecodable(const gst::Caps& caps) {
  if (isRaw(caps)) return true;
  const Released all(
      gst_element_factory_list_get_elements(GST_ELEMENT_FACTORY_TYPE_DECODER, GST_RANK_MARGINAL));
  const Released fitting(
      gst_element_factory_list_filter(all.get(), caps.get(), GST_PAD_SINK, FALSE));
  return fitting != nullptr;
}

// Parameter sets before every key frame, for outputs that are joined in the middle.
bool isJoined(const OutputKind& kind) {
  const std::string_view name = kind.name;
  return name == "ts" || name == "srt" || name == "hls" || name == "rtsp";
}

// GStreamer 1.22 crashes where VP9 does not say where its colours are sampled, and vp9parse does
// not know.
bool lacksChromaSite(std::string_view media, const OutputKind& kind) {
  return media == "video/x-vp9" && kind.taker == std::string_view("mp4mux");
}

// AVI and bare codecs have decode times alone.
constexpr const char* kPresenter =
    "h264parse ! video/x-h264,stream-format=byte-stream,alignment=au ! presenter ! ";

std::string lineOf(const Parser& parser, const OutputKind& kind, const RelayTrack& track) {
  std::string line = parser.line;
  if (lacksChromaSite(parser.media, kind))
    line += " ! capssetter caps=video/x-vp9,chroma-site=mpeg2";
  const bool h264 = parser.media == "video/x-h264";
  if (!h264 && parser.media != "video/x-h265") return line;
  if (isJoined(kind)) line += " config-interval=-1";
  if (h264 && !track.hasTimes) return kPresenter + line;
  // Matroska knows no decode times; muxers need them where pictures are reordered.
  if (!track.hasDecodeTimes) line = (h264 ? "h264timestamper ! " : "h265timestamper ! ") + line;
  return line;
}

std::string parserOf(const RelayTrack& track, const OutputKind& kind, const gst::Caps& accepted) {
  const GstStructure* structure = structureOf(track.caps);
  const bool whole = isTrue(structure, "parsed") || isTrue(structure, "framed");
  const bool fits = !accepted || gst_caps_can_intersect(track.caps.get(), accepted.get());
  const std::string media = mediaOf(track.caps);
  const bool timed = track.hasTimes && track.hasDecodeTimes;
  if (whole && fits && timed && !lacksChromaSite(media, kind)) return "";
  const int version = intOf(structure, "mpegversion");
  for (const Parser& parser : kParsers)
    if (media == parser.media && (parser.version == 0 || parser.version == version))
      return lineOf(parser, kind, track);
  return "";
}

double frameRateOf(const GstStructure* structure) {
  int num = 0;
  int den = 1;
  gst_structure_get_fraction(structure, "framerate", &num, &den);
  return num > 0 && den > 0 ? static_cast<double>(num) / den : kDefaultFrameRate;
}

int bitrateOf(const GstStructure* structure) {
  const double pixels = double(intOf(structure, "width")) * intOf(structure, "height");
  if (pixels <= 0) return kDefaultKbps;
  return std::max(kLeastKbps,
                  static_cast<int>(pixels * frameRateOf(structure) * kBitsPerPixel / 1000));
}

std::string videoEncoder(const GstStructure* structure, const OutputKind& kind) {
  const int gop = std::max(1, static_cast<int>(frameRateOf(structure) * kKeyFrameSeconds));
  std::string line =
      "videoconvert ! videoscale ! "
      "video/x-raw,format=I420,width=[2,16384,2],height=[2,16384,2] ! "
      "x264enc tune=zerolatency speed-preset=veryfast key-int-max=";
  line += std::to_string(gop) + " bitrate=" + std::to_string(bitrateOf(structure));
  return line + " ! h264parse" + (isJoined(kind) ? " config-interval=-1" : "");
}

std::string audioEncoder() {
  return std::string(
             "audioconvert ! audioresample ! audio/x-raw,channels=[1,2] ! avenc_aac name=") +
         kAudioEncoder + " ! aacparse";
}

void transcode(TrackPlan& plan, const RelayTrack& track, const OutputKind& kind) {
  const bool video = plan.told.kind == core::Kind::video;
  plan.told.transcoded = true;
  plan.told.to = video ? "H264" : "MPEG4-GENERIC";
  plan.decoded = !isRaw(track.caps);
  plan.encoder = video ? videoEncoder(structureOf(track.caps), kind) : audioEncoder();
  plan.parser = parserOf(track, kind, nullptr);
}

void leaveOut(TrackPlan& plan) {
  plan.pad = nullptr;
  plan.told.to = "";
  plan.told.transcoded = false;
}

// Where there are no presentation times, and pictures do not tell their order, only a decoder finds
// it.
bool hasTimes(const RelayTrack& track, const std::string& media) {
  return track.hasTimes || media == "video/x-h264";
}

// GStreamer's decoder of GIF tells no times, and JPEGs in a row have none.
bool isTimeless(const RelayTrack& track, const std::string& media) {
  if (media == "image/gst-libav-gif") return true;
  return media == "image/jpeg" && !track.hasTimes && !track.hasDecodeTimes;
}

// RTP has one name for the layers of MPEG audio.
std::string nameOf(const GstStructure* structure) {
  const std::string name = gst::codecName(*structure);
  return name == "MPA" && intOf(structure, "layer") == 2 ? "MP2" : name;
}

TrackPlan planTrack(const RelayTrack& track, const OutputKind& kind) {
  TrackPlan plan;
  if (!track.caps) return plan;
  const std::string media = mediaOf(track.caps);
  plan.told.kind = kindOfMedia(media);
  plan.told.from = nameOf(structureOf(track.caps));
  if (isTimeless(track, media)) return plan;
  const gst::Caps accepted = acceptedBy(kind, media);
  if (hasTimes(track, media) &&
      gst_caps_can_intersect(essenceOf(track.caps).get(), accepted.get())) {
    plan.told.to = plan.told.from;
    plan.parser = parserOf(track, kind, accepted);
  } else if (plan.told.kind != core::Kind::other && isDecodable(track.caps)) {
    transcode(plan, track, kind);
  } else {
    return plan;
  }
  plan.pad = padOf(kind, media);
  return plan;
}

// Of a launch line.
std::string missingOf(const std::string& line) {
  if (line.empty()) return "";
  const ParseContext context(gst_parse_context_new());
  const gst::Element made = gst::sink(gst_parse_bin_from_description_full(
      line.c_str(), TRUE, context.get(), GST_PARSE_FLAG_FATAL_ERRORS, nullptr));
  const Names missing(gst_parse_context_get_missing_elements(context.get()));
  return missing ? *missing.get() : "";
}

}  // namespace

std::vector<TrackPlan> planTracks(const std::vector<RelayTrack>& tracks, const OutputKind& kind) {
  std::vector<TrackPlan> plans;
  for (const RelayTrack& track : tracks) {
    TrackPlan plan = planTrack(track, kind);
    const bool another = std::ranges::any_of(
        plans, [&](const TrackPlan& it) { return it.pad && it.told.kind == plan.told.kind; });
    if (kind.oneEach && another) leaveOut(plan);
    plans.push_back(std::move(plan));
  }
  return plans;
}

io::PlannedTrack lateTrack(const gst::Caps& caps) {
  io::PlannedTrack track;
  track.kind = kindOfMedia(mediaOf(caps));
  track.from = nameOf(structureOf(caps));
  return track;
}

std::string findMissing(const TrackPlan& plan) {
  if (plan.decoded && !isInstalled("decodebin")) return "decodebin";
  const std::string missing = missingOf(plan.parser);
  return missing.empty() ? missingOf(plan.encoder) : missing;
}

}  // namespace pipelines
