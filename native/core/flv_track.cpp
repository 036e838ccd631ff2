#include "core/flv_track.hpp"

#include "core/av1.hpp"
#include "core/flac.hpp"
#include "core/framed_audio.hpp"
#include "core/nal_config.hpp"
#include "core/nal_picture.hpp"
#include "core/vpx.hpp"
#include "core/whole_packets.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace core::flv {

namespace {

constexpr uint32_t kVideoClock = 90000;
constexpr uint32_t kOpusClock = 48000;
constexpr uint32_t kPcmRate = 8000;  // of G.711 in FLV

using Known = std::optional<Track>;

Track pictureTrack(std::string_view codec, Parameters parameters) {
  return {Kind::video, std::string(codec), kVideoClock, std::move(parameters)};
}

Track soundTrack(std::string_view codec, uint32_t clockRateHz, Parameters parameters) {
  return {Kind::audio, std::string(codec), clockRateHz, std::move(parameters)};
}

template <typename Parsed>
Known pictureOf(std::string_view codec, Parsed parsed) {
  return parsed ? Known(pictureTrack(codec, std::move(*parsed))) : std::nullopt;
}

Known aacOf(ByteView config) {
  auto aac = AacParameters::fromConfig({config.begin(), config.end()});
  if (!aac) return std::nullopt;
  const uint32_t rate = aac->sampleRateHz;
  return soundTrack("MPEG4-GENERIC", rate, std::move(*aac));
}

// RFC 7845 section 5.1; some send nothing.
Known opusOf(ByteView head) {
  constexpr size_t kChannels = 9;
  const uint8_t channels = head.size() > kChannels ? head[kChannels] : 2;
  return soundTrack("OPUS", kOpusClock, OpusParameters(channels == 1 ? 1 : 2));
}

// "fLaC" and the head of STREAMINFO's block, RFC 9639 section 6.
Known flacOf(ByteView head) {
  constexpr size_t kHeads = 8;
  if (head.size() < kHeads) return std::nullopt;
  const auto flac = flac::parseStreamInfo(head.subspan(kHeads));
  return flac ? Known(soundTrack("FLAC", flac->sampleRateHz, *flac)) : std::nullopt;
}

Known framedOf(std::string_view codec, const std::optional<AudioFrame>& frame) {
  if (!frame) return std::nullopt;
  const uint32_t clock = codec == "MPA" ? kVideoClock : audioOf(frame->parameters)->sampleRateHz;
  return soundTrack(codec, clock, frame->parameters);
}

Known pcmTrackOf(const Tag& tag) {
  const auto pcm = pcmOf(tag.codec, kPcmRate, tag.stereo ? 2 : 1);
  return pcm ? Known(soundTrack(tag.codec, kPcmRate, *pcm)) : std::nullopt;
}

bool isPcm(std::string_view codec) { return codec == "PCMA" || codec == "PCMU"; }

}  // namespace

bool TrackReader::learn(const Tag& tag) {
  Known now = tag.use == Tag::Use::config ? configured(tag) : told(tag);
  if (!now || now == track_) return false;
  track_ = std::move(now);
  return true;
}

Known TrackReader::configured(const Tag& tag) {
  if (tag.codec == "MPEG4-GENERIC") return aacOf(tag.body);
  if (tag.codec == "OPUS") return opusOf(tag.body);
  if (tag.codec == "FLAC") return flacOf(tag.body);
  if (tag.codec == "AV1") return pictureOf(tag.codec, av1::parseAv1C(tag.body));
  if (tag.codec != "H264" && tag.codec != "H265") return std::nullopt;
  auto config = tag.codec == "H264" ? parseAvcC(tag.body) : parseHvcC(tag.body);
  if (!config) return std::nullopt;
  lengthBytes_ = config->lengthSize;
  return pictureTrack(tag.codec, std::move(config->parameters));
}

// What its media says, where that is more than the configuration did.
Known TrackReader::told(const Tag& tag) const {
  if (tag.codec == "MPA") return framedOf(tag.codec, parseMpegAudio(tag.body));
  if (tag.codec == "AC3") return framedOf(tag.codec, parseAc3(tag.body));
  if (isPcm(tag.codec)) return track_ ? track_ : pcmTrackOf(tag);
  if (tag.codec == "VP8" && vpx::isVp8Key(tag.body))
    return pictureOf(tag.codec, vpx::parseVp8(tag.body));
  if (tag.codec == "VP9" && vpx::isVp9Key(tag.body))
    return pictureOf(tag.codec, vpx::parseVp9(tag.body));
  if (tag.codec != "AV1") return std::nullopt;
  const ByteView header = av1::inspect(tag.body).sequenceHeader;
  return header.empty() ? std::nullopt : pictureOf(tag.codec, av1::parseSequenceHeader(header));
}

std::optional<Unit> TrackReader::take(const Tag& tag) const {
  if (!track_ || track_->codec != tag.codec || tag.body.empty()) return std::nullopt;
  Unit unit;
  if (tag.codec == "H264" || tag.codec == "H265") {
    auto picture = takeNalPicture(track_->parameters, lengthBytes_, tag.body);
    if (!picture) return std::nullopt;
    unit.payload = std::move(picture->payload);
    unit.droppable = picture->droppable;
    unit.key = tag.key || picture->intra;
    return unit;
  }
  if (const auto* av1 = std::get_if<Av1Parameters>(&track_->parameters)) {
    unit.key = tag.key || av1::inspect(tag.body).key;
    unit.payload = av1::takeObus(*av1, tag.body, unit.key);
  } else {
    unit.key = track_->kind == Kind::audio || tag.key;
    unit.payload.assign(tag.body.begin(), tag.body.end());
  }
  return unit.payload.empty() ? std::nullopt : std::optional(std::move(unit));
}

}  // namespace core::flv
