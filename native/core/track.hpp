#pragma once

#include "core/audio_parameters.hpp"
#include "core/bytes.hpp"
#include "core/video_parameters.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace core {

enum class Kind : uint8_t { video, audio, other };

// A track that is carried without being parsed. The source's SDP said of it:
struct OpaqueParameters {
  std::string encoding;  // rtpmap behind the payload type, "PCMU/8000"; empty: it was not RTP
  std::string fmtp;  // behind the payload type
  uint8_t payloadType = 0;  // 0 = choose one
  bool operator==(const OpaqueParameters&) const = default;
};

using Parameters =
    std::variant<OpaqueParameters, H264Parameters, H265Parameters, Vp8Parameters, Vp9Parameters,
                 Av1Parameters, JpegParameters, Mpeg4VideoParameters, AacParameters, OpusParameters,
                 PcmParameters, MpegAudioParameters, Ac3Parameters, FlacParameters>;

// What is known of pictures or sound, whichever codec it is; nullptr where it is the other or
// opaque.
const VideoParameters* videoOf(const Parameters& parameters);
VideoParameters* videoOf(Parameters& parameters);
const AudioParameters* audioOf(const Parameters& parameters);

// Samples of one channel that `unit` holds; 0 where it does not say (video, opaque).
uint32_t unitSamples(const Parameters& parameters, ByteView unit);

// How long `unit` is heard; 0 where it does not say (video, opaque).
Micros unitDuration(const Parameters& parameters, ByteView unit);

struct Track {
  Kind kind = Kind::other;
  std::string codec;  // encoding name of RTP in upper case: H264, MPEG4-GENERIC, PCMU ...
  uint32_t clockRateHz = 0;
  Parameters parameters;
  bool operator==(const Track&) const = default;
};

inline bool isParsed(const Track& track) {
  return !std::holds_alternative<OpaqueParameters>(track.parameters);
}

// Nothing is known of it (yet): a camera's track that has not told its parameters, or fell silent.
inline bool isUnknown(const Track& track) {
  const auto* opaque = std::get_if<OpaqueParameters>(&track.parameters);
  return opaque != nullptr && opaque->encoding.empty();
}

inline bool isParsedVideo(const Track& track) { return videoOf(track.parameters) != nullptr; }

// A stretch of a stream in which tracks and their parameters are fixed.
struct Epoch {
  uint32_t number = 0;  // from 1
  std::vector<Track> tracks;
};

using EpochRef = std::shared_ptr<const Epoch>;

}  // namespace core
