#include "pipelines/relay_errors.hpp"

#include "pipelines/relay_inputs.hpp"
#include "pipelines/relay_outputs.hpp"
#include "pipelines/url.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace pipelines {

namespace {

constexpr const char* kHidden = "***";
// Shorter ones are parts of words sooner than secrets; where they stand in a URL they are left out
// of it.
constexpr size_t kShortestSecret = 4;

// What an RTMP server says when it is there and does not want the stream.
constexpr std::array<std::string_view, 3> kRefusals{"denied", "cmd failed", "NetStream."};

// What GStreamer's element does not tell in its message it tells in the debug detail.
constexpr std::string_view kSystemError = "system error: ";
// A push that failed downstream, whose element had nothing to say.
constexpr std::string_view kFailedDownstream = "reason error (-5)";
constexpr std::string_view kNotNegotiated = "reason not-negotiated";

struct Code {
  std::string_view protocol;
  int resourceError;  // -1: whatever it is
  const char* code;
};

constexpr std::array kCodes{
    Code{"rtsp", GST_RESOURCE_ERROR_NOT_AUTHORIZED, "RTSP_UNAUTHORIZED"},
    Code{"rtsp", GST_RESOURCE_ERROR_NOT_FOUND, "RTSP_NOT_FOUND"},
    Code{"rtsp", GST_RESOURCE_ERROR_READ, "RTSP_LOST"},
    Code{"rtsp", GST_RESOURCE_ERROR_WRITE, "RTSP_LOST"},
    Code{"rtsp", GST_RESOURCE_ERROR_SETTINGS, "RTSP_REFUSED"},
    Code{"rtsp", -1, "RTSP_CONNECT"},
    Code{"rtmp", GST_RESOURCE_ERROR_NOT_AUTHORIZED, "RTMP_REFUSED"},
    Code{"rtmp", GST_RESOURCE_ERROR_NOT_FOUND, "RTMP_REFUSED"},
    Code{"rtmp", -1, "RTMP_CONNECT"},
    Code{"srt", -1, "SRT_CONNECT"},
    Code{"file", -1, "FILE"},
    Code{"hls", -1, "FILE"},
    Code{"", -1, ""},
};

// Of a URI's scheme or an output's name.
std::string_view protocolOf(std::string_view name) {
  static constexpr std::array kSecure{std::pair{"rtmps", "rtmp"}, std::pair{"rtsps", "rtsp"},
                                      std::pair{"rtspt", "rtsp"}, std::pair{"mp4", "file"},
                                      std::pair{"flv", "file"},   std::pair{"ts", "file"}};
  for (const auto& [alias, protocol] : kSecure)
    if (name == alias) return protocol;
  return name;
}

std::string codeOf(std::string_view protocol, const gst::BusError& error, bool input) {
  const bool resource = error.error && error.error->domain == GST_RESOURCE_ERROR;
  const char* other = input ? "INPUT_UNREADABLE" : "OUTPUT_REFUSED";
  for (const Code& code : kCodes) {
    if (code.protocol != protocol) continue;
    if (code.resourceError >= 0 && !(resource && error.error->code == code.resourceError)) continue;
    if (std::string_view(code.code) == "FILE") return input ? "FILE_UNREADABLE" : "FILE_UNWRITABLE";
    return resource ? code.code : other;
  }
  return other;
}

std::string sideOf(const GstObject* source, const GstElement* pipeline) {
  const GstObject* top = source;
  while (top && GST_OBJECT_PARENT(top) && GST_OBJECT_PARENT(top) != GST_OBJECT_CAST(pipeline))
    top = GST_OBJECT_PARENT(top);
  if (!top || !GST_OBJECT_NAME(top)) return "";
  if (g_str_has_prefix(GST_OBJECT_NAME(top), kInputName)) return "input";
  return g_str_has_prefix(GST_OBJECT_NAME(top), kOutputName) ? "output" : "";
}

// The system's words where GStreamer has them.
std::string wordsOf(const gst::BusError& error) {
  const io::Failed& failed = error.failed;
  if (error.is(GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT)) return std::strerror(ENOSPC);
  const size_t system = failed.detail.find(kSystemError);
  if (system == std::string::npos) return failed.message;
  const size_t start = system + kSystemError.size();
  return gst::sentence(failed.detail.substr(start, failed.detail.find('\n', start) - start));
}

struct PlaceOf {
  std::string operator()(const UriInput& it) const { return it.uri; }
  std::string operator()(const HubInput& it) const { return it.path; }
  std::string operator()(const FileOutput& it) const { return it.location; }
  std::string operator()(const UrlOutput& it) const { return it.url; }
  std::string operator()(const HlsOutput& it) const { return it.location; }
  std::string operator()(const HubOutput& it) const { return it.path; }
};

// Keys are the last part of an RTMP URL; everywhere they stand in the query.
void gatherSecrets(const std::string& url, bool rtmp, std::vector<std::string>& secrets) {
  const UrlParts parts = splitUrl(url);
  if (parts.password.size() >= kShortestSecret) secrets.push_back(parts.password);
  const size_t scheme = parts.location.find("://");
  if (scheme == std::string::npos || parts.location.starts_with("file:")) return;
  const size_t query = parts.location.find('?');
  if (query != std::string::npos && parts.location.size() - query > kShortestSecret)
    secrets.push_back(parts.location.substr(query + 1));
  const size_t key = parts.location.substr(0, query).rfind('/');
  if (rtmp && key > scheme + 2 && key + 1 < parts.location.size())
    secrets.push_back(parts.location.substr(key));
}

// With the slash in front, if it has one: a key may be as short as a letter.
void hide(std::string& text, const std::string& secret) {
  const std::string shown = secret.starts_with("/") ? std::string("/") + kHidden : kHidden;
  for (size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += shown.size())
    text.replace(at, secret.size(), shown);
}

bool hasElement(GstElement* pipeline, const char* name) {
  return gst::adopt(gst_bin_get_by_name(GST_BIN(pipeline), name)) != nullptr;
}

// What it has pushed was not taken; else it is its own error.
bool hasFailedToPush(GstObject* source) {
  if (!GST_IS_ELEMENT(source)) return true;
  const GstElementForeachPadFunc isTaken = [](GstElement*, GstPad* pad, gpointer) -> gboolean {
    return gst_pad_get_last_flow_return(pad) != GST_FLOW_ERROR;
  };
  return !gst_element_foreach_src_pad(GST_ELEMENT(source), isTaken, nullptr);
}

bool isRefusal(const std::string& message) {
  return std::ranges::any_of(
      kRefusals, [&](std::string_view word) { return message.find(word) != std::string::npos; });
}

}  // namespace

RelayErrors::RelayErrors(const RelaySpec& spec)
    : inputScheme_(schemeOf(spec.input)), outputName_(kindOf(spec.output).name) {
  const std::string input = std::visit(PlaceOf{}, spec.input);
  const std::string output = std::visit(PlaceOf{}, spec.output);
  gatherSecrets(output, protocolOf(outputName_) == "rtmp", secrets_);
  gatherSecrets(input, protocolOf(inputScheme_) == "rtmp", secrets_);
  inputPlace_ = gst::withoutCredentials(input);
  outputPlace_ = gst::withoutCredentials(output);
}

io::Failed RelayErrors::explain(const gst::BusError& error, GstElement* pipeline) const {
  io::Failed failed = error.failed;
  failed.side = sideOf(error.source.get(), pipeline);
  const auto says = [&](std::string_view words) {
    return error.is(GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED) &&
           failed.detail.find(words) != std::string::npos;
  };
  const bool hasOutput = hasElement(pipeline, kOutputTaker);
  if (hasOutput && says(kNotNegotiated)) return redact(refused(std::move(failed)));
  if (hasOutput && says(kFailedDownstream) && hasFailedToPush(error.source.get()))
    failed.side = "output";
  // The flow of media broke at a place that may not be the one that tells it.
  if (hasOutput && says("reason not-")) failed.side = "";
  if (failed.side.empty()) return redact(std::move(failed));
  const bool input = failed.side == "input";
  const std::string_view protocol = protocolOf(input ? inputScheme_ : outputName_);
  failed.code = codeOf(protocol, error, input);
  if (failed.code == "RTMP_CONNECT" && isRefusal(failed.message)) failed.code = "RTMP_REFUSED";
  failed.message = (input ? inputPlace_ : outputPlace_) +
                   (input ? " cannot be read: " : " cannot be written: ") + wordsOf(error);
  return redact(std::move(failed));
}

// Muxers say no to what they cannot take, and nothing else.
io::Failed RelayErrors::refused(io::Failed failed) const {
  failed.side = "output";
  failed.code = "OUTPUT_REFUSED";
  failed.message =
      outputPlace_ +
      " cannot be written: its format does not take this kind of media, or not a change of "
      "its codec or picture size";
  return failed;
}

io::Failed RelayErrors::unreadable(const std::string& why) const {
  const bool file = inputScheme_ == "file";
  return redact({file ? "FILE_UNREADABLE" : "INPUT_UNREADABLE",
                 inputPlace_ + " cannot be read: " + why, "", "input"});
}

io::Failed RelayErrors::redact(io::Failed failed) const {
  for (const std::string& secret : secrets_) {
    hide(failed.message, secret);
    hide(failed.detail, secret);
  }
  return failed;
}

}  // namespace pipelines
