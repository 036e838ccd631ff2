#pragma once

#include "core/bytes.hpp"
#include "core/depacketizer.hpp"
#include "core/video_parameters.hpp"

#include <optional>

// AV1 Bitstream & Decoding Process Specification, as far as carrying its pictures needs. A picture
// is a temporal unit; its OBUs stand one after the other with their sizes (section 5.2, the low
// overhead format), without temporal delimiters.
namespace core::av1 {

enum ObuType : uint8_t {
  kSequenceHeader = 1,
  kTemporalDelimiter = 2,
  kFrameHeader = 3,
  kFrame = 6,
  kRedundantFrameHeader = 7,
  kTileList = 8,
  kPadding = 15,
};

// Section 5.3.
struct Obu {
  uint8_t type = 0;
  uint8_t header = 0;  // its first byte, without the flag that a size follows
  std::optional<uint8_t> extension{};
  ByteView payload{};
  size_t size = 0;  // of the whole OBU where it was found
};

// The OBU at the front of `bytes`; one that does not tell its size goes up to the end. Unset: no
// OBU, or cut short.
std::optional<Obu> parseObu(ByteView bytes);

// With its size in it.
void appendObu(const Obu& obu, Bytes& out);

// Means something only to its carrier, or to nobody.
bool isLeftOut(const Obu& obu);

// leb128() of section 4.10.5, taken off the front. Unset: cut short, or more than 32 bits.
std::optional<uint32_t> takeLeb128(ByteView& bytes);
void appendLeb128(uint32_t value, Bytes& out);

// What the OBUs of a picture say together.
struct Picture {
  ByteView sequenceHeader{};  // the whole OBU, where there is one
  PictureType type = PictureType::none;  // of its first frame
  bool key = false;  // a key frame that is shown at once, and a sequence header before it
};
Picture inspect(ByteView picture);

// The OBUs of a container's picture as frames have them; key pictures have the sequence header in
// them, as over RTP.
Bytes takeObus(const Av1Parameters& parameters, ByteView bytes, bool key);

// Of a whole OBU with its size. Unset: it makes no sense.
std::optional<Av1Parameters> parseSequenceHeader(ByteView obu);

// AV1CodecConfigurationRecord (AV1 Codec ISO Media File Format Binding, section 2.3).
Bytes formatAv1C(const Av1Parameters& parameters);
std::optional<Av1Parameters> parseAv1C(ByteView record);

}  // namespace core::av1
