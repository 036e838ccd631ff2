#pragma once

#include "core/depacketizer.hpp"
#include "core/h264.hpp"
#include "core/h264_sets.hpp"
#include "core/sequence_tracker.hpp"

#include <array>
#include <optional>

namespace core {

// RFC 6184 in packetization modes 0 and 1, and what cameras make of it. Media thread only.
//
// The access unit is put together in the buffer that leaves with it. Units without a picture
// (parameter sets, SEI) wait for the picture they belong to.
class H264Depacketizer final : public Depacketizer {
 public:
  H264Depacketizer(const RtpTrackConfig& config, Sink sink);

  void push(const RtpPacket& packet) override;
  void gap() override;

 private:
  // What is known of the access unit in hand, besides its bytes.
  struct Unit {
    uint32_t timestamp = 0;
    std::optional<size_t> open;  // where the NAL unit begins that FU-A is bringing
    bool pictureBegun = false;  // a slice has begun to come, maybe in pieces
    bool hasPicture = false;  // a whole slice is there
    bool hasFirstSlice = false;  // and the picture begins with it
    bool idr = false;
    bool recoveryPoint = false;
    bool referred = false;  // other pictures refer to it
    bool damaged = false;
    bool headLost = false;  // packets before it were lost
    bool oversized = false;  // its bytes were given up
    uint8_t ppsId = 0;
    PictureType picture = PictureType::none;
  };

  bool continuesPicture(ByteView payload) const;
  void place(const RtpPacket& packet);
  void takePayload(ByteView payload);
  void takeAggregate(ByteView payload);
  void takeFragment(ByteView payload);
  void openFragment(ByteView payload);
  void missStart(uint8_t type);

  // NAL units as packets bring them, possibly several with start codes between them.
  void takeNals(ByteView nals);
  void takeNal(ByteView nal);
  void closeOpen();
  void dropOpen();
  void note(ByteView nal);
  void noteSlice(ByteView nal);
  void beginPicture(bool idr);
  bool makeRoom(size_t size);

  void finish();
  void deliver();
  bool isKey();
  Bytes takeBytes();
  void reset();

  Sink sink_;
  SequenceTracker tracker_;
  H264Sets sets_;
  Bytes bytes_;
  Unit unit_;
  uint32_t timestamp_ = 0;  // of the packet at hand
  bool lossAhead_ = false;  // packets were lost before the next one
  bool trustMarker_ = true;  // until a camera sets it within a picture
  std::optional<uint32_t> lastTimestamp_;  // of the last unit, when a marker ended it
  uint32_t unitsSinceIdr_ = 0;
  uint32_t idrDistance_ = 0;  // in units, between the last two IDR pictures
  std::array<size_t, 2> expected_{};  // bytes of the next unit, by IDR or not
};

}  // namespace core
