#include "core/av1.hpp"

#include "core/bit_reader.hpp"
#include "core/frame_rate.hpp"

namespace core::av1 {

namespace {

constexpr uint8_t kHasExtension = 0x04;
constexpr uint8_t kHasSize = 0x02;
constexpr size_t kMaxSequenceHeader = 1024;
constexpr uint32_t kNotTold = 2;  // of colours

// What later parts of a sequence header depend on.
struct Sequence {
  Av1Parameters parameters;
  bool isReduced = false;
  bool hasDecoderModel = false;
  unsigned delayBits = 0;
};

// Section 5.5.3.
void readTiming(BitReader& bits, Sequence& sequence) {
  const uint32_t tick = bits.bits(32);
  const uint32_t scale = bits.bits(32);
  const bool isEqual = bits.flag();
  const uint64_t ticks = isEqual ? uint64_t{bits.ue()} + 1 : 1;
  if (isEqual && tick > 0) setFrameRate(sequence.parameters, scale, tick * ticks);
}

// Section 5.5.4.
void readDecoderModel(BitReader& bits, Sequence& sequence) {
  sequence.hasDecoderModel = true;
  sequence.delayBits = bits.bits(5) + 1;
  bits.skip(32 + 5 + 5);
}

void readOperatingPoint(BitReader& bits, Sequence& sequence, bool hasDisplayDelay, bool isFirst) {
  bits.skip(12);  // operating_point_idc
  const auto level = static_cast<uint8_t>(bits.bits(5));
  const bool highTier = level > 7 && bits.flag();
  if (sequence.hasDecoderModel && bits.flag()) bits.skip(2 * sequence.delayBits + 1);
  if (hasDisplayDelay && bits.flag()) bits.skip(4);
  if (!isFirst) return;
  sequence.parameters.level = level;
  sequence.parameters.highTier = highTier;
}

void readOperatingPoints(BitReader& bits, Sequence& sequence) {
  if (sequence.isReduced) {
    sequence.parameters.level = static_cast<uint8_t>(bits.bits(5));
    return;
  }
  if (bits.flag()) {
    readTiming(bits, sequence);
    if (bits.flag()) readDecoderModel(bits, sequence);
  }
  const bool hasDisplayDelay = bits.flag();
  const uint32_t count = bits.bits(5) + 1;
  for (uint32_t i = 0; i < count; ++i) readOperatingPoint(bits, sequence, hasDisplayDelay, i == 0);
}

void readSize(BitReader& bits, Sequence& sequence) {
  const unsigned widthBits = bits.bits(4) + 1;
  const unsigned heightBits = bits.bits(4) + 1;
  sequence.parameters.width = bits.bits(widthBits) + 1;
  sequence.parameters.height = bits.bits(heightBits) + 1;
}

void skipTools(BitReader& bits, bool isReduced) {
  if (!isReduced && bits.flag()) bits.skip(4 + 3);  // lengths of frame ids
  bits.skip(3);  // superblocks, intra filters
  if (!isReduced) {
    bits.skip(4);
    const bool hasOrderHint = bits.flag();
    if (hasOrderHint) bits.skip(2);
    const bool choosesContentTools = bits.flag();
    const bool mayUseContentTools = choosesContentTools || bits.flag();
    if (mayUseContentTools && !bits.flag()) bits.skip(1);
    if (hasOrderHint) bits.skip(3);
  }
  bits.skip(3);  // superres, cdef, restoration
}

struct Colour {
  uint32_t primaries = kNotTold;
  uint32_t transfer = kNotTold;
  uint32_t matrix = kNotTold;
  bool isRgb() const { return primaries == 1 && transfer == 13 && matrix == 0; }
};

void readSubsampling(BitReader& bits, Av1Parameters& parameters) {
  bits.skip(1);  // color_range
  parameters.subsampledX = parameters.profile != 1;
  parameters.subsampledY = parameters.profile == 0;
  if (parameters.profile == 2 && parameters.bitDepth == 12) {
    parameters.subsampledX = bits.flag();
    parameters.subsampledY = parameters.subsampledX && bits.flag();
  }
  if (parameters.subsampledX && parameters.subsampledY)
    parameters.samplePosition = static_cast<uint8_t>(bits.bits(2));
}

// Section 5.5.2.
void readColour(BitReader& bits, Av1Parameters& parameters) {
  const bool isDeep = bits.flag();
  const bool isDeepest = parameters.profile == 2 && isDeep && bits.flag();
  parameters.bitDepth = isDeepest ? 12 : isDeep ? 10 : 8;
  parameters.monochrome = parameters.profile != 1 && bits.flag();
  Colour colour;
  if (bits.flag()) colour = {bits.bits(8), bits.bits(8), bits.bits(8)};
  if (parameters.monochrome)
    bits.skip(1);
  else if (colour.isRgb())
    parameters.subsampledX = parameters.subsampledY = false;
  else
    readSubsampling(bits, parameters);
}

// Section 5.9.2 up to show_frame.
struct FrameStart {
  PictureType type = PictureType::p;
  bool isShownKey = false;
};

FrameStart readFrameStart(ByteView header, bool isReduced) {
  constexpr uint32_t kKey = 0, kIntraOnly = 2;
  if (isReduced) return {PictureType::i, true};
  BitReader bits(header);
  if (bits.flag()) return {};  // shows a frame that came before
  const uint32_t type = bits.bits(2);
  const bool isShown = bits.flag();
  const bool isIntra = type == kKey || type == kIntraOnly;
  return {isIntra ? PictureType::i : PictureType::p, type == kKey && isShown && bits.ok()};
}

bool isReducedStill(const Obu& sequenceHeader) {
  BitReader bits(sequenceHeader.payload);
  bits.skip(3 + 1);
  return bits.flag();
}

}  // namespace

std::optional<uint32_t> takeLeb128(ByteView& bytes) {
  constexpr size_t kMaxBytes = 8;
  uint64_t value = 0;
  for (size_t i = 0; i < kMaxBytes && i < bytes.size(); ++i) {
    value |= uint64_t{bytes[i] & 0x7fu} << (7 * i);
    if (bytes[i] & 0x80) continue;
    bytes = bytes.subspan(i + 1);
    return value <= UINT32_MAX ? std::optional(static_cast<uint32_t>(value)) : std::nullopt;
  }
  return std::nullopt;
}

void appendLeb128(uint32_t value, Bytes& out) {
  for (; value > 0x7f; value >>= 7) out.push_back(static_cast<uint8_t>(value | 0x80));
  out.push_back(static_cast<uint8_t>(value));
}

std::optional<Obu> parseObu(ByteView bytes) {
  if (bytes.empty() || bytes[0] & 0x80) return std::nullopt;
  const uint8_t first = bytes[0];
  Obu obu{static_cast<uint8_t>(first >> 3 & 15), static_cast<uint8_t>(first & ~kHasSize)};
  ByteView rest = bytes.subspan(1);
  if (first & kHasExtension) {
    if (rest.empty()) return std::nullopt;
    obu.extension = rest[0];
    rest = rest.subspan(1);
  }
  size_t size = rest.size();
  if (first & kHasSize) {
    const auto told = takeLeb128(rest);
    if (!told || *told > rest.size()) return std::nullopt;
    size = *told;
  }
  obu.payload = rest.first(size);
  obu.size = bytes.size() - rest.size() + size;
  return obu;
}

void appendObu(const Obu& obu, Bytes& out) {
  out.push_back(obu.header | kHasSize);
  if (obu.extension) out.push_back(*obu.extension);
  appendLeb128(static_cast<uint32_t>(obu.payload.size()), out);
  out.insert(out.end(), obu.payload.begin(), obu.payload.end());
}

bool isLeftOut(const Obu& obu) {
  return obu.type == kTemporalDelimiter || obu.type == kTileList || obu.type == kPadding;
}

Picture inspect(ByteView picture) {
  Picture seen;
  bool isReduced = false;
  while (const auto obu = parseObu(picture)) {
    if (obu->type == kSequenceHeader && seen.sequenceHeader.empty()) {
      seen.sequenceHeader = picture.first(obu->size);
      isReduced = isReducedStill(*obu);
    }
    if (obu->type == kFrame || obu->type == kFrameHeader) {
      const FrameStart start = readFrameStart(obu->payload, isReduced);
      seen.type = start.type;
      seen.key = start.isShownKey && !seen.sequenceHeader.empty();
      return seen;
    }
    picture = picture.subspan(obu->size);
  }
  return seen;
}

// Section 5.5.1.
std::optional<Av1Parameters> parseSequenceHeader(ByteView bytes) {
  const auto obu = parseObu(bytes);
  if (!obu || obu->type != kSequenceHeader || obu->size > kMaxSequenceHeader) return std::nullopt;
  BitReader bits(obu->payload);
  Sequence sequence;
  sequence.parameters.profile = static_cast<uint8_t>(bits.bits(3));
  if (sequence.parameters.profile > 2) return std::nullopt;
  bits.skip(1);  // still_picture
  sequence.isReduced = bits.flag();
  readOperatingPoints(bits, sequence);
  readSize(bits, sequence);
  skipTools(bits, sequence.isReduced);
  readColour(bits, sequence.parameters);
  if (!bits.ok()) return std::nullopt;
  appendObu(*obu, sequence.parameters.sequenceHeader);
  return sequence.parameters;
}

Bytes formatAv1C(const Av1Parameters& it) {
  const auto flag = [](bool set, unsigned bit) { return static_cast<unsigned>(set) << bit; };
  Bytes record;
  record.reserve(4 + it.sequenceHeader.size());
  record.push_back(0x81);  // marker, version 1
  record.push_back(static_cast<uint8_t>(it.profile << 5 | it.level));
  record.push_back(static_cast<uint8_t>(flag(it.highTier, 7) | flag(it.bitDepth > 8, 6) |
                                        flag(it.bitDepth == 12, 5) | flag(it.monochrome, 4) |
                                        flag(it.subsampledX, 3) | flag(it.subsampledY, 2) |
                                        it.samplePosition));
  record.push_back(0);  // no initial presentation delay
  record.insert(record.end(), it.sequenceHeader.begin(), it.sequenceHeader.end());
  return record;
}

std::optional<Av1Parameters> parseAv1C(ByteView record) {
  constexpr size_t kHeadBytes = 4;
  if (record.size() <= kHeadBytes || record[0] != 0x81) return std::nullopt;
  ByteView obus = record.subspan(kHeadBytes);
  while (const auto obu = parseObu(obus)) {
    if (obu->type == kSequenceHeader) return parseSequenceHeader(obus);
    obus = obus.subspan(obu->size);
  }
  return std::nullopt;
}

Bytes takeObus(const Av1Parameters& parameters, ByteView bytes, bool key) {
  Bytes made;
  made.reserve(bytes.size() + parameters.sequenceHeader.size());
  if (key && inspect(bytes).sequenceHeader.empty()) made = parameters.sequenceHeader;
  while (const auto obu = parseObu(bytes)) {
    if (!isLeftOut(*obu)) appendObu(*obu, made);
    bytes = bytes.subspan(obu->size);
  }
  return made;
}

}  // namespace core::av1
