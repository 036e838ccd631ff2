#pragma once

#include "core/packet.hpp"
#include "core/track.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace core {

// Whether a picture refers to none, to earlier, or to earlier and later pictures.
enum class PictureType : uint8_t { none, i, p, b };  // none: not video, or not understood

// One access unit out of RTP, before time and epoch are known.
struct AccessUnit {
  uint32_t timestamp = 0;  // RTP time of the unit itself
  bool key = false;
  bool droppable = false;
  bool damaged = false;  // packets of it were lost, or a piece of it made no sense
  PictureType picture = PictureType::none;
  Bytes payload;  // as in Frame, and so are:
  std::vector<uint32_t> packetEnds;
  bool marked = false;
};

// RTP packets of one track in, access units and parameters out. Media thread only; does no I/O.
// Packets arrive in the order of the wire; a gap of sequence numbers is a loss.
class Depacketizer {
 public:
  // `parameters` is called when they become known or change, before the unit that needs them.
  struct Sink {
    std::function<void(Parameters)> parameters;
    std::function<void(AccessUnit&&)> unit;
  };
  virtual ~Depacketizer() = default;
  virtual void push(const RtpPacket& packet) = 0;
  // Packets were lost and it is not known how many (framing was lost): the unit in hand is damaged.
  virtual void gap() = 0;
};

// What SDP says of an RTP track, decoded by TypeScript (base64, hexadecimal).
struct RtpTrackConfig {
  Kind kind = Kind::other;
  std::string codec;  // encoding name of RTP in upper case; what is not understood becomes opaque
  uint32_t clockRateHz = 90000;
  uint8_t channels = 1;  // of audio
  std::vector<Bytes> parameterSets{};  // H264: sprop-parameter-sets; H265: sprop-vps, -sps and -pps
  OpaqueParameters described{};  // what goes on to readers of an opaque track
  // MPEG4-GENERIC: AudioSpecificConfig; MP4A-LATM: StreamMuxConfig; MP4V-ES: headers; JPEG: width
  // and height in 16 bits each
  Bytes config{};
  bool configInBand = true;  // MP4A-LATM: packets may bring the configuration
  uint8_t sizeLength = 13;  // RFC 3640 section 4.1, in bits
  uint8_t indexLength = 3;
  uint8_t indexDeltaLength = 3;
  bool keepPieces = false;  // of NAL units whose rest was lost; their unit is damaged
};

// What units of these packets make. AAC is the same however it came: units are taken out of LATM.
Track trackOf(const RtpTrackConfig& config, Parameters parameters);

// Whether a depacketizer for it makes units that tell their parameters.
bool isUnderstood(std::string_view codec);

// Never fails: a codec that is not known gets the opaque depacketizer (one unit per timestamp).
std::unique_ptr<Depacketizer> makeDepacketizer(const RtpTrackConfig& config,
                                               Depacketizer::Sink sink);

}  // namespace core
