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

// How the payload formats of video differ whose pictures are cut anywhere: VP8 and VP9.
struct PictureFormat {
  std::optional<PicturePiece> (*strip)(ByteView payload);  // unset: it makes no sense
  bool (*isKey)(ByteView picture);
  std::optional<Parameters> (*parse)(ByteView keyPicture);  // unset: cut short
};

extern const PictureFormat kVp8Format;  // RFC 7741
extern const PictureFormat kVp9Format;  // RFC 9628

// The pieces of one timestamp, up to the marker, are a picture. Media thread only.
class PictureDepacketizer final : public Depacketizer {
 public:
  PictureDepacketizer(const PictureFormat& format, Sink sink)
      : format_(format), sink_(std::move(sink)) {}

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
