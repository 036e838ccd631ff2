#include "core/vpx.hpp"

#include "core/bit_reader.hpp"
#include "core/picture_depacketizer.hpp"

#include <algorithm>
#include <array>

namespace core {

namespace {

// Takes bytes of a descriptor off the front; past the end there are zeros and ok() is false.
class Descriptor {
 public:
  explicit Descriptor(ByteView bytes) : rest_(bytes) {}
  uint8_t byte() {
    if (rest_.empty()) {
      ok_ = false;
      return 0;
    }
    const uint8_t first = rest_[0];
    rest_ = rest_.subspan(1);
    return first;
  }
  void skip(size_t count) {
    while (count-- > 0 && ok_) byte();
  }
  bool ok() const { return ok_; }
  ByteView rest() const { return rest_; }

 private:
  ByteView rest_;
  bool ok_ = true;
};

constexpr uint8_t kLongPictureId = 0x80;

// RFC 7741 section 4.2.
std::optional<PicturePiece> stripVp8(ByteView payload) {
  Descriptor in(payload);
  const uint8_t first = in.byte();
  const bool isExtended = first & 0x80;
  const uint8_t extension = isExtended ? in.byte() : 0;
  if (extension & 0x80 && in.byte() & kLongPictureId) in.byte();
  if (extension & 0x40) in.byte();  // TL0PICIDX
  if (extension & 0x30) in.byte();  // TID, Y, KEYIDX
  if (!in.ok() || in.rest().empty()) return std::nullopt;
  const bool begins = (first & 0x10) != 0 && (first & 0x07) == 0;
  return PicturePiece{in.rest(), begins, (first & 0x20) != 0};
}

// RFC 9628 section 4.2.1.
void skipScalability(Descriptor& in) {
  const uint8_t head = in.byte();
  const size_t layers = (head >> 5) + 1u;
  if (head & 0x10) in.skip(4 * layers);
  if (!(head & 0x08)) return;
  for (unsigned pictures = in.byte(); pictures > 0 && in.ok(); --pictures)
    in.skip(in.byte() >> 2 & 3);
}

// Section 4.2.
std::optional<PicturePiece> stripVp9(ByteView payload) {
  constexpr uint8_t kId = 0x80, kPredicted = 0x40, kLayers = 0x20, kFlexible = 0x10, kBegin = 0x08,
                    kScalability = 0x02;
  Descriptor in(payload);
  const uint8_t flags = in.byte();
  if (flags & kId && in.byte() & kLongPictureId) in.byte();
  uint8_t layer = 0;
  if (flags & kLayers) {
    layer = in.byte() >> 1 & 7;
    if (!(flags & kFlexible)) in.byte();  // TL0PICIDX
  }
  if (flags & kFlexible && flags & kPredicted)
    for (int i = 0; i < 3 && in.byte() & 1; ++i) continue;
  if (flags & kScalability) skipScalability(in);
  if (!in.ok() || in.rest().empty()) return std::nullopt;
  return PicturePiece{in.rest(), (flags & kBegin) != 0 && layer == 0, false};
}

template <typename Made>
std::optional<Parameters> widen(const std::optional<Made>& made) {
  return made ? std::optional<Parameters>(*made) : std::nullopt;
}

PictureType typeOf(bool isKey) { return isKey ? PictureType::i : PictureType::p; }

// The first piece has the first head, all others have that for what goes on.
class VpxPacketizer final : public Packetizer {
 public:
  struct Head {
    uint8_t begin, end;  // added to the descriptor of the first and the last piece
  };
  explicit VpxPacketizer(Head head, uint8_t predicted) : head_(head), predicted_(predicted) {}

  void packetize(const Frame& frame, size_t maxBytes, PayloadList& out) override {
    const uint8_t usual = frame.key ? 0 : predicted_;
    for (ByteView rest = frame.payload; !rest.empty();) {
      const bool isFirst = rest.size() == frame.payload.size();
      const ByteView piece = rest.first(std::min(rest.size(), maxBytes - 1));
      rest = rest.subspan(piece.size());
      out.open();
      out.add({static_cast<uint8_t>(usual | (isFirst ? head_.begin : 0) |
                                    (rest.empty() ? head_.end : 0))});
      out.add(piece);
    }
    if (!frame.payload.empty()) out.mark();
  }

 private:
  const Head head_;
  const uint8_t predicted_;
};

}  // namespace

const PictureFormat kVp8Format{
    .strip = stripVp8,
    .typeOf = [](ByteView picture) { return typeOf(vpx::isVp8Key(picture)); },
    .parse = [](ByteView picture, const Parameters*) { return widen(vpx::parseVp8(picture)); },
};

const PictureFormat kVp9Format{
    .strip = stripVp9,
    .typeOf = [](ByteView picture) { return typeOf(vpx::isVp9Key(picture)); },
    .parse = [](ByteView picture, const Parameters*) { return widen(vpx::parseVp9(picture)); },
};

}  // namespace core

namespace core::vpx {

namespace {

// The uncompressed header of VP9 (section 6.2) up to frame_type. Unset: no picture of its own.
struct Vp9Start {
  uint8_t profile;
  bool isKey;
};

std::optional<Vp9Start> readVp9Start(BitReader& bits) {
  if (bits.bits(2) != 2) return std::nullopt;
  const uint32_t low = bits.bits(1);
  const auto profile = static_cast<uint8_t>(bits.bits(1) << 1 | low);
  if (profile == 3) bits.skip(1);
  const bool showsExisting = bits.flag();
  if (showsExisting || !bits.ok()) return std::nullopt;
  const bool isKey = !bits.flag();
  bits.skip(2);  // show_frame, error_resilient_mode
  return Vp9Start{profile, isKey};
}

// Section 6.2.2.
void readColour(BitReader& bits, Vp9Parameters& parameters) {
  constexpr uint32_t kRgb = 7;
  const bool isOdd = parameters.profile & 1;
  if (parameters.profile >= 2) parameters.bitDepth = bits.flag() ? 12 : 10;
  if (bits.bits(3) == kRgb) {
    parameters.fullRange = true;
    parameters.chroma = 3;
    if (isOdd) bits.skip(1);
    return;
  }
  parameters.fullRange = bits.flag();
  if (!isOdd) return;
  const bool halfWidth = bits.flag();
  const bool halfHeight = bits.flag();
  parameters.chroma = halfWidth ? (halfHeight ? 1 : 2) : 3;
  bits.skip(1);
}

}  // namespace

// RFC 6386 section 9.1.
bool isVp8Key(ByteView picture) { return !picture.empty() && (picture[0] & 1) == 0; }

std::optional<Vp8Parameters> parseVp8(ByteView picture) {
  constexpr std::array<uint8_t, 3> kStart{0x9d, 0x01, 0x2a};
  if (picture.size() < 10 || !isVp8Key(picture)) return std::nullopt;
  if (!std::equal(kStart.begin(), kStart.end(), picture.begin() + 3)) return std::nullopt;
  Vp8Parameters parameters;
  parameters.width = (picture[6] | uint32_t{picture[7]} << 8) & 0x3fff;
  parameters.height = (picture[8] | uint32_t{picture[9]} << 8) & 0x3fff;
  if (parameters.width == 0 || parameters.height == 0) return std::nullopt;
  return parameters;
}

bool isVp9Key(ByteView picture) {
  BitReader bits(picture);
  const auto start = readVp9Start(bits);
  return start && start->isKey && bits.ok();
}

std::optional<Vp9Parameters> parseVp9(ByteView picture) {
  constexpr uint32_t kSync = 0x498342;
  BitReader bits(picture);
  const auto start = readVp9Start(bits);
  if (!start || !start->isKey || bits.bits(24) != kSync) return std::nullopt;
  Vp9Parameters parameters;
  parameters.profile = start->profile;
  readColour(bits, parameters);
  parameters.width = bits.bits(16) + 1;
  parameters.height = bits.bits(16) + 1;
  return bits.ok() ? std::optional(parameters) : std::nullopt;
}

uint8_t vp9Level(const Vp9Parameters& parameters) {
  struct Level {
    uint8_t level;
    uint64_t area;
  };
  constexpr std::array<Level, 9> kLevels{{{10, 36864},
                                          {11, 73728},
                                          {20, 122880},
                                          {21, 245760},
                                          {30, 552960},
                                          {31, 983040},
                                          {40, 2228224},
                                          {50, 8912896},
                                          {60, 35651584}}};
  const uint64_t area = uint64_t{parameters.width} * parameters.height;
  for (const Level& level : kLevels)
    if (area <= level.area) return level.level;
  return 62;
}

// S of the first piece.
std::unique_ptr<Packetizer> makeVp8Packetizer() {
  return std::make_unique<VpxPacketizer>(VpxPacketizer::Head{0x10, 0}, 0);
}

// B, E, and P of pictures that refer to others.
std::unique_ptr<Packetizer> makeVp9Packetizer() {
  return std::make_unique<VpxPacketizer>(VpxPacketizer::Head{0x08, 0x04}, 0x40);
}

}  // namespace core::vpx
