#pragma once

#include "core/depacketizer.hpp"
#include "core/latm.hpp"
#include "core/sequence_tracker.hpp"

namespace core {

// RFC 6416 section 6: an AudioMuxElement up to the marker, out of which come units of AAC. A unit
// is delivered whole or not at all. Media thread only.
class LatmDepacketizer final : public Depacketizer {
 public:
  LatmDepacketizer(const RtpTrackConfig& config, Sink sink);

  void push(const RtpPacket& packet) override;
  void gap() override;

 private:
  void finish();
  std::vector<Bytes> unitsOf(BitReader& bits) const;
  bool takeConfig(BitReader& bits);
  void learn(std::optional<latm::StreamMux> mux);

  Sink sink_;
  SequenceTracker tracker_;
  const uint32_t clockRateHz_;
  const bool configInBand_;
  std::optional<latm::StreamMux> mux_;
  Bytes element_;  // as far as it has come
  uint32_t timestamp_ = 0;
  bool isBroken_ = false;  // a piece of the element is missing
};

}  // namespace core
