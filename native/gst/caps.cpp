#include "gst/caps.hpp"

#include "core/av1.hpp"
#include "core/decoder_config.hpp"
#include "core/flac.hpp"
#include "core/frame_rate.hpp"
#include "core/framed_audio.hpp"
#include "core/mpeg4_video.hpp"
#include "core/whole_packets.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace gst {

const char* const kVideoCaps =
    "video/x-h264, stream-format=avc, alignment=au; "
    "video/x-h265, stream-format=hvc1, alignment=au; "
    "video/x-vp8; video/x-vp9; video/x-av1; image/jpeg; "
    "video/mpeg, mpegversion=(int){1, 2, 4}, systemstream=false";
const char* const kAudioCaps =
    "audio/mpeg, mpegversion=4, stream-format=raw; "
    "audio/mpeg, mpegversion=1; audio/x-opus; audio/x-alaw; audio/x-mulaw; audio/x-ac3; "
    "audio/x-eac3; audio/x-vorbis; audio/x-flac; audio/x-adpcm, layout=g726; audio/AMR; "
    "audio/AMR-WB; audio/G722; audio/G729";

namespace {

struct Codec {
  std::string_view media;  // of the caps
  std::string_view name;  // RTP's encoding name
  int defaultRateHz;  // where caps need not tell a rate
};

// https://www.iana.org/assignments/rtp-parameters; FLAC and MPEG-2 program data have no name there
// that says more than their media type.
constexpr std::array kCodecs{
    Codec{"video/x-vp8", "VP8", 90000},   Codec{"video/x-vp9", "VP9", 90000},
    Codec{"video/x-av1", "AV1", 90000},   Codec{"image/jpeg", "JPEG", 90000},
    Codec{"video/mpeg", "MPV", 90000},    Codec{"audio/mpeg", "MPA", 90000},
    Codec{"audio/x-opus", "OPUS", 48000}, Codec{"audio/x-alaw", "PCMA", 8000},
    Codec{"audio/x-mulaw", "PCMU", 8000}, Codec{"audio/x-ac3", "AC3", 48000},
    Codec{"audio/x-eac3", "EAC3", 48000}, Codec{"audio/x-vorbis", "VORBIS", 48000},
    Codec{"audio/x-flac", "FLAC", 48000}, Codec{"audio/x-adpcm", "AAL2-G726-32", 8000},
    Codec{"audio/AMR", "AMR", 8000},      Codec{"audio/AMR-WB", "AMR-WB", 16000},
    Codec{"audio/G722", "G722", 8000},    Codec{"audio/G729", "G729", 8000},
};

int intField(const GstStructure* structure, const char* name, int otherwise) {
  int value = otherwise;
  gst_structure_get_int(structure, name, &value);
  return value;
}

core::Bytes bytesOf(GstBuffer* buffer) {
  if (!buffer) return {};
  core::Bytes bytes(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return bytes;
}

core::Bytes codecData(const GstStructure* structure) {
  const GValue* value = gst_structure_get_value(structure, "codec_data");
  return bytesOf(value ? gst_value_get_buffer(value) : nullptr);
}

// Containers know the rate of streams whose own parameters are silent.
void completeFrameRate(const GstStructure* structure, core::VideoParameters& video) {
  int num = 0;
  int den = 1;
  const bool has = gst_structure_get_fraction(structure, "framerate", &num, &den) && num > 0;
  if (has && video.frameRateNum == 0)
    core::setFrameRate(video, static_cast<uint64_t>(num), static_cast<uint64_t>(den));
}

core::Result<NegotiatedTrack> nalTrack(const GstStructure* structure, const char* codec,
                                       core::Result<core::NalConfig> config) {
  if (!config) return config.reason();
  NegotiatedTrack made{{core::Kind::video, codec, 90000, std::move(config->parameters)},
                       config->lengthSize};
  completeFrameRate(structure, *core::videoOf(made.track.parameters));
  return made;
}

core::Result<NegotiatedTrack> aacTrack(const GstStructure* structure) {
  auto parameters = core::AacParameters::fromConfig(codecData(structure));
  if (!parameters) return parameters.reason();
  const uint32_t rate = parameters->sampleRateHz;
  return NegotiatedTrack{{core::Kind::audio, "MPEG4-GENERIC", rate, std::move(*parameters)}, {}};
}

const Codec* findCodec(std::string_view media) {
  for (const Codec& codec : kCodecs)
    if (codec.media == media) return &codec;
  return nullptr;
}

// Of codecs whose parameters stand in their media: what the caps say of it. False: they do not say
// enough.
bool isComplete(const core::VideoParameters& video) { return video.width > 0 && video.height > 0; }
bool isComplete(const core::AudioParameters& audio) {
  return audio.sampleRateHz > 0 && audio.channels > 0;
}

template <typename Video>
core::Parameters pictures(const GstStructure* structure, Video video) {
  video.width = static_cast<uint32_t>(intField(structure, "width", 0));
  video.height = static_cast<uint32_t>(intField(structure, "height", 0));
  completeFrameRate(structure, video);
  return isComplete(video) ? core::Parameters(video) : core::Parameters();
}

core::Parameters vp9(const GstStructure* structure) {
  core::Vp9Parameters parameters;
  const gchar* profile = gst_structure_get_string(structure, "profile");
  if (profile) parameters.profile = static_cast<uint8_t>(g_ascii_strtoull(profile, nullptr, 10));
  guint depth = 8;
  gst_structure_get_uint(structure, "bit-depth-luma", &depth);
  parameters.bitDepth = static_cast<uint8_t>(depth);
  return pictures(structure, parameters);
}

// Without the record of a container its first key picture tells the rest (UnitMaker::learn).
core::Parameters av1(const GstStructure* structure) {
  const gchar* format = gst_structure_get_string(structure, "stream-format");
  if (format && std::string_view(format) != "obu-stream") return {};
  auto parameters = core::av1::parseAv1C(codecData(structure));
  if (!parameters) return pictures(structure, core::Av1Parameters());
  completeFrameRate(structure, *parameters);
  return std::move(*parameters);
}

core::Parameters mpeg4Video(const GstStructure* structure) {
  auto parameters = core::mpeg4::parseHeaders(codecData(structure));
  if (!parameters) return {};
  completeFrameRate(structure, *parameters);
  return std::move(*parameters);
}

core::Parameters pcm(const GstStructure* structure, std::string_view codec, uint32_t clockRateHz) {
  const int channels = intField(structure, "channels", 1);
  const auto parameters = core::pcmOf(codec, clockRateHz, static_cast<uint8_t>(channels));
  return parameters && isComplete(*parameters) ? core::Parameters(*parameters) : core::Parameters();
}

core::Parameters mpegAudio(const GstStructure* structure) {
  core::MpegAudioParameters parameters;
  parameters.layer = static_cast<uint8_t>(intField(structure, "layer", 3));
  parameters.isMpeg1 = intField(structure, "mpegaudioversion", 1) == 1;
  parameters.sampleRateHz = static_cast<uint32_t>(intField(structure, "rate", 0));
  parameters.channels = static_cast<uint8_t>(intField(structure, "channels", 0));
  parameters.samplesPerFrame = core::mpegAudioSamples(parameters);
  return isComplete(parameters) ? core::Parameters(parameters) : core::Parameters();
}

// The first of the headers that parsers put into caps: STREAMINFO behind the head of Ogg's mapping
// and that of its block.
core::Parameters flac(const GstStructure* structure) {
  constexpr size_t kHeads = 17;
  const GValue* headers = gst_structure_get_value(structure, "streamheader");
  if (!headers || !GST_VALUE_HOLDS_ARRAY(headers) || gst_value_array_get_size(headers) == 0)
    return {};
  const core::Bytes head = bytesOf(gst_value_get_buffer(gst_value_array_get_value(headers, 0)));
  if (head.size() < kHeads) return {};
  const auto parameters = core::flac::parseStreamInfo(core::ByteView(head).subspan(kHeads));
  return parameters ? core::Parameters(*parameters) : core::Parameters();
}

core::Parameters parametersOf(const GstStructure* structure, const core::Track& track) {
  if (track.codec == "VP8") return pictures(structure, core::Vp8Parameters());
  if (track.codec == "VP9") return vp9(structure);
  if (track.codec == "AV1") return av1(structure);
  if (track.codec == "MP4V-ES") return mpeg4Video(structure);
  if (track.codec == "JPEG") return pictures(structure, core::JpegParameters());
  if (track.codec == "OPUS") return core::OpusParameters();
  if (track.codec == "MPA") return mpegAudio(structure);
  if (track.codec == "FLAC") return flac(structure);
  return pcm(structure, track.codec, track.clockRateHz);
}

core::Result<NegotiatedTrack> otherTrack(const GstStructure* structure, std::string_view media) {
  const Codec* codec = findCodec(media);
  if (!codec) return core::Reason{"no track can be made of " + std::string(media)};
  const bool audio = media.starts_with("audio/");
  core::Track track;
  track.kind = audio ? core::Kind::audio : core::Kind::video;
  track.codec = codecName(*structure);
  const bool ownRate = audio && codec->name != "MPA" && codec->name != "OPUS";
  track.clockRateHz = static_cast<uint32_t>(
      ownRate ? intField(structure, "rate", codec->defaultRateHz) : codec->defaultRateHz);
  // RFC 3551 section 4.5.2.
  if (track.codec == "G722") track.clockRateHz = 8000;
  track.parameters = parametersOf(structure, track);
  return NegotiatedTrack{std::move(track), {}};
}

Buffer bufferOf(const core::Bytes& bytes) {
  Buffer buffer(gst_buffer_new_allocate(nullptr, bytes.size(), nullptr));
  gst_buffer_fill(buffer.get(), 0, bytes.data(), bytes.size());
  return buffer;
}

Caps videoCaps(const char* media, const core::VideoParameters& video) {
  Caps caps(gst_caps_new_simple(media, "width", G_TYPE_INT, static_cast<int>(video.width), "height",
                                G_TYPE_INT, static_cast<int>(video.height), "parsed",
                                G_TYPE_BOOLEAN, TRUE, nullptr));
  if (video.frameRateNum > 0)
    gst_caps_set_simple(caps.get(), "framerate", GST_TYPE_FRACTION,
                        static_cast<int>(video.frameRateNum), static_cast<int>(video.frameRateDen),
                        nullptr);
  return caps;
}

Caps nalCaps(Caps caps, const char* format, const core::Bytes& config) {
  const Buffer data = bufferOf(config);
  gst_caps_set_simple(caps.get(), "stream-format", G_TYPE_STRING, format, "alignment",
                      G_TYPE_STRING, "au", "codec_data", GST_TYPE_BUFFER, data.get(), nullptr);
  return caps;
}

Caps describe(const core::H264Parameters& parameters) {
  return nalCaps(videoCaps("video/x-h264", parameters), "avc", core::formatAvcC(parameters));
}

Caps describe(const core::H265Parameters& parameters) {
  return nalCaps(videoCaps("video/x-h265", parameters), "hvc1", core::formatHvcC(parameters));
}

Caps describe(const core::AacParameters& parameters) {
  const Buffer config = bufferOf(parameters.config);
  return Caps(gst_caps_new_simple("audio/mpeg", "mpegversion", G_TYPE_INT, 4, "stream-format",
                                  G_TYPE_STRING, "raw", "framed", G_TYPE_BOOLEAN, TRUE, "rate",
                                  G_TYPE_INT, static_cast<int>(parameters.sampleRateHz), "channels",
                                  G_TYPE_INT, static_cast<int>(parameters.channels), "codec_data",
                                  GST_TYPE_BUFFER, config.get(), nullptr));
}

Caps audioCaps(const char* media, const core::AudioParameters& audio) {
  return Caps(gst_caps_new_simple(media, "rate", G_TYPE_INT, static_cast<int>(audio.sampleRateHz),
                                  "channels", G_TYPE_INT, static_cast<int>(audio.channels),
                                  nullptr));
}

Caps describe(const core::Vp8Parameters& parameters) {
  return videoCaps("video/x-vp8", parameters);
}

Caps describe(const core::Vp9Parameters& parameters) {
  return videoCaps("video/x-vp9", parameters);
}

Caps describe(const core::JpegParameters& parameters) {
  return videoCaps("image/jpeg", parameters);
}

Caps describe(const core::Mpeg4VideoParameters& parameters) {
  Caps caps = videoCaps("video/mpeg", parameters);
  const Buffer headers = bufferOf(parameters.headers);
  gst_caps_set_simple(caps.get(), "mpegversion", G_TYPE_INT, 4, "systemstream", G_TYPE_BOOLEAN,
                      FALSE, "codec_data", GST_TYPE_BUFFER, headers.get(), nullptr);
  return caps;
}

Caps describe(const core::Av1Parameters& parameters) {
  Caps caps = videoCaps("video/x-av1", parameters);
  gst_caps_set_simple(caps.get(), "stream-format", G_TYPE_STRING, "obu-stream", "alignment",
                      G_TYPE_STRING, "tu", nullptr);
  return caps;
}

Caps describe(const core::OpusParameters& parameters) {
  Caps caps = audioCaps("audio/x-opus", parameters);
  gst_caps_set_simple(caps.get(), "channel-mapping-family", G_TYPE_INT, 0, nullptr);
  return caps;
}

Caps describe(const core::MpegAudioParameters& parameters) {
  Caps caps = audioCaps("audio/mpeg", parameters);
  gst_caps_set_simple(caps.get(), "mpegversion", G_TYPE_INT, 1, "layer", G_TYPE_INT,
                      static_cast<int>(parameters.layer), "mpegaudioversion", G_TYPE_INT,
                      parameters.isMpeg1 ? 1 : 2, "parsed", G_TYPE_BOOLEAN, TRUE, nullptr);
  return caps;
}

Caps describe(const core::Ac3Parameters& parameters) {
  Caps caps = audioCaps("audio/x-ac3", parameters);
  gst_caps_set_simple(caps.get(), "framed", G_TYPE_BOOLEAN, TRUE, "alignment", G_TYPE_STRING,
                      "frame", nullptr);
  return caps;
}

Caps rawCaps(const char* format, const core::PcmParameters& pcm) {
  Caps caps = audioCaps("audio/x-raw", pcm);
  gst_caps_set_simple(caps.get(), "format", G_TYPE_STRING, format, "layout", G_TYPE_STRING,
                      "interleaved", nullptr);
  return caps;
}

// Frames of it have the order of AAL2 (bufferOf).
Caps adpcmCaps(const core::PcmParameters& pcm) {
  Caps caps = audioCaps("audio/x-adpcm", pcm);
  gst_caps_set_simple(caps.get(), "layout", G_TYPE_STRING, "g726", "bitrate", G_TYPE_INT,
                      static_cast<int>(pcm.sampleRateHz * pcm.bitsPerSample), nullptr);
  return caps;
}

Caps describeSamples(const std::string& codec, const core::PcmParameters& pcm) {
  if (codec == "PCMU") return audioCaps("audio/x-mulaw", pcm);
  if (codec == "PCMA") return audioCaps("audio/x-alaw", pcm);
  if (codec == "G722") return audioCaps("audio/G722", pcm);
  if (codec == "L8") return rawCaps("U8", pcm);
  if (codec == "L16") return rawCaps("S16BE", pcm);
  if (codec == "L24") return rawCaps("S24BE", pcm);
  return adpcmCaps(pcm);
}

Caps describe(const core::PcmParameters&) { return nullptr; }

// Of a stream that has begun: what stands in front of its frames is told here.
Caps describe(const core::FlacParameters& parameters) {
  const core::flac::StreamInfo info = core::flac::formatStreamInfo(parameters);
  // RFC 5334 has no more to say than Ogg's mapping: one header packet, version 1.0.
  core::Bytes head{0x7f, 'F', 'L', 'A', 'C', 1, 0, 0, 0, 'f', 'L', 'a', 'C', 0x80, 0, 0, 34};
  head.insert(head.end(), info.begin(), info.end());
  Caps caps = audioCaps("audio/x-flac", parameters);
  gst_caps_set_simple(caps.get(), "framed", G_TYPE_BOOLEAN, TRUE, nullptr);
  GValue headers = G_VALUE_INIT;
  GValue header = G_VALUE_INIT;
  g_value_init(&headers, GST_TYPE_ARRAY);
  g_value_init(&header, GST_TYPE_BUFFER);
  gst_value_set_buffer(&header, bufferOf(head).get());
  gst_value_array_append_and_take_value(&headers, &header);
  gst_structure_take_value(gst_caps_get_structure(caps.get(), 0), "streamheader", &headers);
  return caps;
}

Caps describe(const core::OpaqueParameters&) { return nullptr; }

}  // namespace

core::Result<NegotiatedTrack> trackOf(const GstCaps& caps) {
  const GstStructure* structure = gst_caps_get_structure(&caps, 0);
  const std::string_view media = gst_structure_get_name(structure);
  if (media == "video/x-h264")
    return nalTrack(structure, "H264", core::parseAvcC(codecData(structure)));
  if (media == "video/x-h265")
    return nalTrack(structure, "H265", core::parseHvcC(codecData(structure)));
  if (media == "audio/mpeg" && intField(structure, "mpegversion", 0) == 4)
    return aacTrack(structure);
  return otherTrack(structure, media);
}

std::string codecName(const GstStructure& structure) {
  const std::string_view media = gst_structure_get_name(&structure);
  const int version = intField(&structure, "mpegversion", 0);
  if (media == "video/x-h264") return "H264";
  if (media == "video/x-h265") return "H265";
  if (media == "audio/mpeg" && version != 1) return "MPEG4-GENERIC";
  if (media == "video/mpeg" && version == 4) return "MP4V-ES";
  if (media == "audio/x-adpcm")
    return "AAL2-G726-" + std::to_string(intField(&structure, "bitrate", 32000) / 1000);
  const Codec* codec = findCodec(media);
  return std::string(codec ? codec->name : media);
}

Caps capsOf(const core::Track& track) {
  if (const auto* pcm = std::get_if<core::PcmParameters>(&track.parameters))
    return describeSamples(track.codec, *pcm);
  return std::visit([](const auto& parameters) { return describe(parameters); }, track.parameters);
}

}  // namespace gst
