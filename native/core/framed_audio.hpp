#pragma once

#include "core/depacketizer.hpp"
#include "core/packetizer.hpp"
#include "core/sequence_tracker.hpp"

namespace core {

// A frame of audio that tells its own size.
struct AudioFrame {
  size_t bytes = 0;
  Parameters parameters;
};

// How the payload formats of such audio differ.
struct FramedAudioFormat {
  size_t headBytes;  // before the frames in every packet
  bool (*continues)(ByteView head);  // the packet goes on with a frame that one before it began
  std::optional<AudioFrame> (*parse)(ByteView bytes);  // unset: no frame begins there
  void (*writeHead)(size_t offset, size_t pieces, PayloadList& out);  // of a piece of a frame
};

extern const FramedAudioFormat kMpegAudioFormat;  // RFC 2250 section 3.5
extern const FramedAudioFormat kAc3Format;  // RFC 4184 section 4.2

std::optional<AudioFrame> parseMpegAudio(ByteView bytes);
// In a frame, by layer and version.
uint16_t mpegAudioSamples(const MpegAudioParameters& parameters);
std::optional<AudioFrame> parseAc3(ByteView bytes);

// Frames one by one, whole or not at all. Parameters are known with the first. Media thread only.
class FramedAudioDepacketizer final : public Depacketizer {
 public:
  FramedAudioDepacketizer(const FramedAudioFormat& format, uint32_t clockRateHz, Sink sink)
      : format_(format), clockRateHz_(clockRateHz), sink_(std::move(sink)) {}

  void push(const RtpPacket& packet) override;
  void gap() override { piece_.clear(); }

 private:
  void takeFrames(uint32_t timestamp, ByteView bytes);
  void deliver(uint32_t timestamp, const AudioFrame& frame, ByteView bytes);

  const FramedAudioFormat& format_;
  const uint32_t clockRateHz_;
  Sink sink_;
  SequenceTracker tracker_;
  std::optional<Parameters> parameters_;
  Bytes piece_;  // of a frame whose rest is to come
  uint32_t pieceTimestamp_ = 0;
};

class FramedAudioPacketizer final : public Packetizer {
 public:
  explicit FramedAudioPacketizer(const FramedAudioFormat& format) : format_(format) {}
  void packetize(const Frame& frame, size_t maxBytes, PayloadList& out) override;

 private:
  const FramedAudioFormat& format_;
};

}  // namespace core
