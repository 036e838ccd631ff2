#pragma once

#include "core/depacketizer.hpp"
#include "core/jpeg.hpp"
#include "core/sequence_tracker.hpp"

#include <map>

namespace core {

// RFC 2435: scans in pieces, to which the headers of a JPEG are made anew; with what cameras say of
// pictures that this has no room for (ONVIF Streaming Specification, JPEG header extension). Media
// thread only.
class JpegDepacketizer final : public Depacketizer {
 public:
  JpegDepacketizer(const RtpTrackConfig& config, Sink sink);

  void push(const RtpPacket& packet) override;
  void gap() override;

 private:
  // What every packet says of its picture, and which piece of the scan it has.
  struct Piece;
  bool begin(const Piece& piece);
  std::optional<jpeg::Quantizers> quantizersOf(const Piece& piece);
  void take(const Piece& piece);
  void finish();
  void tell(uint16_t width, uint16_t height);

  Sink sink_;
  SequenceTracker tracker_;
  // Of pictures that are too large for the packets to tell; 0: SDP does not tell either.
  uint16_t width_ = 0, height_ = 0;
  std::map<uint8_t, jpeg::Quantizers> quantizers_;  // by Q, as they came last
  std::optional<JpegParameters> parameters_;
  AccessUnit unit_;
  size_t scanBytes_ = 0;
};

}  // namespace core
