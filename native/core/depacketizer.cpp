#include "core/depacketizer.hpp"

#include "core/aac_depacketizer.hpp"
#include "core/av1_depacketizer.hpp"
#include "core/framed_audio.hpp"
#include "core/h264_depacketizer.hpp"
#include "core/h265_depacketizer.hpp"
#include "core/jpeg_depacketizer.hpp"
#include "core/latm_depacketizer.hpp"
#include "core/opaque_depacketizer.hpp"
#include "core/picture_depacketizer.hpp"
#include "core/whole_packets.hpp"

#include <string_view>
#include <utility>

namespace core {

namespace {

using Make = std::unique_ptr<Depacketizer> (*)(const RtpTrackConfig&, Depacketizer::Sink&&);

template <typename Made>
std::unique_ptr<Depacketizer> make(const RtpTrackConfig& config, Depacketizer::Sink&& sink) {
  return std::make_unique<Made>(config, std::move(sink));
}

template <const FramedAudioFormat& format>
std::unique_ptr<Depacketizer> makeFramed(const RtpTrackConfig& config, Depacketizer::Sink&& sink) {
  return std::make_unique<FramedAudioDepacketizer>(format, config.clockRateHz, std::move(sink));
}

template <const PictureFormat& format>
std::unique_ptr<Depacketizer> makePictures(const RtpTrackConfig& config,
                                           Depacketizer::Sink&& sink) {
  return std::make_unique<PictureDepacketizer>(format, config, std::move(sink));
}

struct Entry {
  std::string_view codec;
  Make make;
};

constexpr Entry kEntries[] = {
    {"H264", make<H264Depacketizer>},
    {"H265", make<H265Depacketizer>},
    {"VP8", makePictures<kVp8Format>},
    {"VP9", makePictures<kVp9Format>},
    {"AV1", make<Av1Depacketizer>},
    {"JPEG", make<JpegDepacketizer>},
    {"MP4V-ES", makePictures<kMpeg4VideoFormat>},
    {"MPEG4-GENERIC", make<AacDepacketizer>},
    {"MP4A-LATM", make<LatmDepacketizer>},
    {"OPUS", makeOpusDepacketizer},
    {"MPA", makeFramed<kMpegAudioFormat>},
    {"AC3", makeFramed<kAc3Format>},
    {"PCMU", makePcmDepacketizer},
    {"PCMA", makePcmDepacketizer},
    {"G722", makePcmDepacketizer},
    {"G726-16", makePcmDepacketizer},
    {"G726-24", makePcmDepacketizer},
    {"G726-32", makePcmDepacketizer},
    {"G726-40", makePcmDepacketizer},
    {"AAL2-G726-16", makePcmDepacketizer},
    {"AAL2-G726-24", makePcmDepacketizer},
    {"AAL2-G726-32", makePcmDepacketizer},
    {"AAL2-G726-40", makePcmDepacketizer},
    {"L8", makePcmDepacketizer},
    {"L16", makePcmDepacketizer},
    {"L24", makePcmDepacketizer},
};

const Entry* find(std::string_view codec) {
  for (const Entry& entry : kEntries)
    if (entry.codec == codec) return &entry;
  return nullptr;
}

}  // namespace

Track trackOf(const RtpTrackConfig& config, Parameters parameters) {
  Track track{config.kind, config.codec, config.clockRateHz, std::move(parameters)};
  if (track.codec != "MP4A-LATM") return track;
  track.codec = "MPEG4-GENERIC";
  if (const AudioParameters* audio = audioOf(track.parameters))
    track.clockRateHz = audio->sampleRateHz;
  return track;
}

bool isUnderstood(std::string_view codec) { return find(codec) != nullptr; }

std::unique_ptr<Depacketizer> makeDepacketizer(const RtpTrackConfig& config,
                                               Depacketizer::Sink sink) {
  if (const Entry* entry = find(config.codec)) return entry->make(config, std::move(sink));
  return std::make_unique<OpaqueDepacketizer>(std::move(sink));
}

}  // namespace core
