#pragma once

#include "core/depacketizer.hpp"
#include "core/sequence_tracker.hpp"

namespace core {

// What is left of a packet behind the descriptor of its payload format.
struct PicturePiece {
  ByteView bytes;
  bool begins = false;  // the picture begins with it
  bool droppable = false;  // no other picture refers to it; only the first piece is asked
};

// How the payload formats of video differ whose pictures are cut anywhere.
struct PictureFormat {
  std::optional<PicturePiece> (*strip)(ByteView payload);  // unset: it makes no sense
  PictureType (*typeOf)(ByteView picture);
  // Of a key picture; `before`: as they were, or nullptr. Unset: cut short, or not known.
  std::optional<Parameters> (*parse)(ByteView picture, const Parameters* before);
  // What the session description says; nullptr: nothing.
  std::optional<Parameters> (*described)(const RtpTrackConfig& config) = nullptr;
};

extern const PictureFormat kVp8Format;  // RFC 7741
extern const PictureFormat kVp9Format;  // RFC 9628
extern const PictureFormat kMpeg4VideoFormat;  // RFC 6416 section 5

// The pieces of one timestamp, up to the marker, are a picture. Media thread only.
class PictureDepacketizer final : public Depacketizer {
 public:
  PictureDepacketizer(const PictureFormat& format, const RtpTrackConfig& config, Sink sink);

  void push(const RtpPacket& packet) override;
  void gap() override;

 private:
  void take(const PicturePiece& piece);
  void finish();

  const PictureFormat& format_;
  Sink sink_;
  SequenceTracker tracker_;
  std::optional<Parameters> parameters_;
  AccessUnit unit_;
  bool lossAhead_ = false;
};

}  // namespace core
