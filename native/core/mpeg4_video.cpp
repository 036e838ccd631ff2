#include "core/mpeg4_video.hpp"

#include "core/bit_reader.hpp"
#include "core/frame_rate.hpp"
#include "core/picture_depacketizer.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace core::mpeg4 {

namespace {

// Table 6-3 of start codes.
constexpr uint8_t kFirstLayer = 0x20, kLastLayer = 0x2f;
constexpr uint8_t kSequence = 0xb0, kGroup = 0xb3, kPicture = 0xb6;
constexpr size_t kStartBytes = 4;
constexpr size_t kMaxHeaders = 4096;
constexpr std::array<uint8_t, 3> kPrefix{0, 0, 1};

// From the next start code on that is one of ours; empty: there is none.
template <typename IsWanted>
ByteView find(ByteView bytes, IsWanted isWanted) {
  auto at = bytes.begin();
  for (;;) {
    at = std::search(at, bytes.end(), kPrefix.begin(), kPrefix.end());
    if (bytes.end() - at < static_cast<std::ptrdiff_t>(kStartBytes)) return {};
    if (isWanted(at[3])) return {at, bytes.end()};
    at += kPrefix.size();
  }
}

bool isLayer(uint8_t code) { return code >= kFirstLayer && code <= kLastLayer; }
bool isPicture(uint8_t code) { return code == kPicture; }
bool endsHeaders(uint8_t code) { return code == kGroup || code == kPicture; }
bool isAny(uint8_t) { return true; }

// Section 6.2.3, from aspect_ratio_info up to the time increments.
void readControl(BitReader& bits, Mpeg4VideoParameters& parameters) {
  constexpr uint32_t kOwnAspect = 15;
  constexpr size_t kBufferBits = 79;
  if (bits.bits(4) == kOwnAspect) bits.skip(16);
  if (!bits.flag()) return;
  bits.skip(2);  // chroma_format
  if (bits.flag()) parameters.maxReorderFrames = 0;
  if (bits.flag()) bits.skip(kBufferBits);
}

void readTime(BitReader& bits, Mpeg4VideoParameters& parameters) {
  bits.skip(1);
  const uint32_t resolution = bits.bits(16);
  bits.skip(1);
  if (!bits.flag()) return;
  const auto width = static_cast<unsigned>(std::bit_width(resolution > 0 ? resolution - 1 : 0u));
  setFrameRate(parameters, resolution, bits.bits(std::max(width, 1u)));
}

void readSize(BitReader& bits, Mpeg4VideoParameters& parameters) {
  bits.skip(1);
  parameters.width = bits.bits(13);
  bits.skip(1);
  parameters.height = bits.bits(13);
}

bool readLayer(BitReader& bits, Mpeg4VideoParameters& parameters) {
  constexpr uint32_t kSimple = 1;
  bits.skip(1);  // random_accessible_vol
  // Only objects that are more than simple have pictures that refer to later ones.
  parameters.maxReorderFrames = bits.bits(8) == kSimple ? 0 : 1;
  if (bits.flag()) bits.skip(4 + 3);
  readControl(bits, parameters);
  const bool isRectangular = bits.bits(2) == 0;
  readTime(bits, parameters);
  readSize(bits, parameters);
  return bits.ok() && isRectangular && parameters.width > 0 && parameters.height > 0;
}

// The first piece of a key picture may have to be headers.
class Mpeg4VideoPacketizer final : public Packetizer {
 public:
  explicit Mpeg4VideoPacketizer(Bytes headers) : headers_(std::move(headers)) {}

  void packetize(const Frame& frame, size_t maxBytes, PayloadList& out) override {
    if (frame.payload.empty()) return;
    room_ = 0;
    if (frame.key && layerOf(headersOf(frame.payload)).empty()) add(headers_, maxBytes, out);
    add(frame.payload, maxBytes, out);
    out.mark();
  }

 private:
  void add(ByteView bytes, size_t maxBytes, PayloadList& out) {
    while (!bytes.empty()) {
      if (room_ == 0) {
        out.open();
        room_ = maxBytes;
      }
      const ByteView piece = bytes.first(std::min(bytes.size(), room_));
      out.add(piece);
      room_ -= piece.size();
      bytes = bytes.subspan(piece.size());
    }
  }

  const Bytes headers_;
  size_t room_ = 0;  // in the packet at hand
};

std::optional<PicturePiece> strip(ByteView payload) {
  if (payload.empty()) return std::nullopt;
  const bool begins = std::equal(
      kPrefix.begin(), kPrefix.end(), payload.begin(),
      payload.begin() + std::min<std::ptrdiff_t>(std::ssize(payload), std::ssize(kPrefix)));
  return PicturePiece{payload, begins, false};
}

std::optional<Parameters> widen(std::optional<Mpeg4VideoParameters> made) {
  return made ? std::optional<Parameters>(std::move(*made)) : std::nullopt;
}

// Headers that say the same as those before are no news, whatever else stands among them.
std::optional<Parameters> parametersOf(ByteView picture, const Parameters* before) {
  const ByteView headers = headersOf(picture);
  const ByteView layer = layerOf(headers);
  const auto* known = before ? std::get_if<Mpeg4VideoParameters>(before) : nullptr;
  if (known && (layer.empty() || std::ranges::equal(layer, layerOf(known->headers))))
    return *before;
  return widen(parseHeaders(headers));
}

}  // namespace

std::optional<Mpeg4VideoParameters> parseHeaders(ByteView headers) {
  const ByteView layer = layerOf(headers);
  if (layer.empty() || headers.size() > kMaxHeaders) return std::nullopt;
  Mpeg4VideoParameters parameters;
  parameters.reorderKnown = true;
  BitReader bits(layer.subspan(kStartBytes));
  if (!readLayer(bits, parameters)) return std::nullopt;
  const ByteView sequence = find(headers, [](uint8_t code) { return code == kSequence; });
  if (sequence.size() > kStartBytes) parameters.profileLevel = sequence[kStartBytes];
  parameters.headers.assign(headers.begin(), headers.end());
  return parameters;
}

ByteView headersOf(ByteView bytes) {
  return bytes.first(bytes.size() - find(bytes, endsHeaders).size());
}

ByteView layerOf(ByteView headers) {
  const ByteView layer = find(headers, isLayer);
  if (layer.empty()) return {};
  return layer.first(layer.size() - find(layer.subspan(kStartBytes), isAny).size());
}

// vop_coding_type of table 6-20; a sprite counts as predicted.
PictureType typeOf(ByteView picture) {
  const ByteView start = find(picture, isPicture);
  if (start.size() <= kStartBytes) return PictureType::none;
  constexpr std::array kTypes{PictureType::i, PictureType::p, PictureType::b, PictureType::p};
  return kTypes[start[kStartBytes] >> 6];
}

std::unique_ptr<Packetizer> makePacketizer(const Mpeg4VideoParameters& parameters) {
  return std::make_unique<Mpeg4VideoPacketizer>(parameters.headers);
}

}  // namespace core::mpeg4

namespace core {

const PictureFormat kMpeg4VideoFormat{
    .strip = mpeg4::strip,
    .typeOf = mpeg4::typeOf,
    .parse = mpeg4::parametersOf,
    .described =
        [](const RtpTrackConfig& config) {
          return mpeg4::widen(mpeg4::parseHeaders(config.config));
        },
};

}  // namespace core
