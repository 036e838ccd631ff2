#pragma once

#include "core/depacketizer.hpp"
#include "core/parameter_sets.hpp"
#include "core/sequence_tracker.hpp"

#include <array>
#include <optional>

namespace core {

// What one RTP packet of H.264 or H.265 brings.
struct NalPacket {
  enum class Shape : uint8_t { none, single, aggregate, fragment } shape = Shape::none;
  // The NAL unit; the list of sizes and NAL units; what follows on the FU header.
  ByteView body{};
  // Of a fragment: the header of the NAL unit, as many bytes as the codec has.
  std::array<uint8_t, 2> header{};
  bool starts = false;
  bool ends = false;
};

// The start of a slice.
struct NalSlice {
  bool isFirst = false;  // of its picture
  uint8_t ppsId = 0;
  PictureType picture = PictureType::none;
};

// RFC 6184 and RFC 7798, and what cameras make of them. Media thread only. `Codec` is H264Codec or
// H265Codec: what it says of a NAL unit is asked of one with its whole header.
//
// The access unit is put together in the buffer that leaves with it. Units without a picture
// (parameter sets, SEI) wait for the picture they belong to.
template <typename Codec>
class NalDepacketizer final : public Depacketizer {
 public:
  NalDepacketizer(const RtpTrackConfig& config, Sink sink);

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
    bool intra = false;  // an IDR picture or its like
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
  void takeAggregate(ByteView list);
  void takeFragment(const NalPacket& packet);
  void openFragment(const NalPacket& packet);
  void missStart(ByteView header);

  // NAL units as packets bring them, possibly several with start codes between them.
  void takeNals(ByteView nals);
  void takeNal(ByteView nal);
  void closeOpen();
  void dropOpen();
  void note(ByteView nal);
  void noteSlice(ByteView nal);
  void beginPicture(bool intra);
  void appendLength(size_t size);
  bool makeRoom(size_t size);

  void finish();
  void deliver();
  bool isKey();
  Bytes takeBytes();
  void reset();

  Sink sink_;
  const bool keepPieces_;
  SequenceTracker tracker_;
  ParameterSets<Codec> sets_;
  Bytes bytes_;
  Unit unit_;
  const typename Codec::Parameters* parameters_ = nullptr;  // of sets_, once they are known
  uint32_t timestamp_ = 0;  // of the packet at hand
  bool lossAhead_ = false;  // packets were lost before the next one
  bool trustMarker_ = true;  // until a camera sets it within a picture
  std::optional<uint32_t> lastTimestamp_;  // of the last unit, when a marker ended it
  uint32_t unitsSinceIntra_ = 0;
  uint32_t intraDistance_ = 0;  // in units, between the last two such pictures
  std::array<size_t, 2> expected_{};  // bytes of the next unit, by intra or not
};

}  // namespace core
