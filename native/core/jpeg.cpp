#include "core/jpeg.hpp"

#include <algorithm>

namespace core::jpeg {

namespace {

// ITU-T T.81 table B.1.
enum Marker : uint8_t {
  kSof0 = 0xc0,
  kSof15 = 0xcf,
  kDht = 0xc4,
  kJpg = 0xc8,
  kDac = 0xcc,
  kRst0 = 0xd0,
  kSoi = 0xd8,
  kEoi = 0xd9,
  kSos = 0xda,
  kDqt = 0xdb,
  kDri = 0xdd,
  kApp0 = 0xe0,
};

// Tables K.3 to K.6: class and number, how many codes of each length, what they stand for.
constexpr std::array<uint8_t, 29> kLumaDc{0x00, 0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0,  0, 0,
                                          0,    0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
constexpr std::array<uint8_t, 29> kChromaDc{0x01, 0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0,  0, 0,
                                            0,    0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
constexpr std::array<uint8_t, 179> kLumaAc{
    0x10, 0,    2,    1,    3,    3,    2,    4,    3,    5,    5,    4,    4,    0,    0,
    1,    0x7d, 0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13,
    0x51, 0x61, 0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1,
    0x15, 0x52, 0xd1, 0xf0, 0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19,
    0x1a, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43,
    0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a,
    0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79,
    0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97,
    0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4,
    0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca,
    0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6,
    0xe7, 0xe8, 0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa};
constexpr std::array<uint8_t, 179> kChromaAc{
    0x11, 0,    2,    1,    2,    4,    4,    3,    4,    7,    5,    4,    4,    0,    1,
    2,    0x77, 0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51,
    0x07, 0x61, 0x71, 0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09,
    0x23, 0x33, 0x52, 0xf0, 0x15, 0x62, 0x72, 0xd1, 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1,
    0x17, 0x18, 0x19, 0x1a, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a,
    0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59,
    0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78,
    0x79, 0x7a, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95,
    0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2,
    0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8,
    0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe2, 0xe3, 0xe4, 0xe5,
    0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa};
constexpr std::array<ByteView, 4> kHuffman{kLumaDc, kLumaAc, kChromaDc, kChromaAc};

// RFC 2435 appendix A, in zigzag order. Chroma is 99 from the 15th number on.
constexpr std::array<uint8_t, 64> kLuma{
    16, 11, 12,  14,  12,  10, 16, 14,  13,  14,  18,  17,  16, 19,  24,  40,
    26, 24, 22,  22,  24,  49, 35, 37,  29,  40,  58,  51,  61, 60,  57,  51,
    56, 55, 64,  72,  92,  78, 64, 68,  87,  69,  55,  56,  80, 109, 81,  87,
    95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99};
constexpr std::array<uint8_t, 14> kChroma{17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66};

Bytes scaled(const auto& base, unsigned quality) {
  const unsigned q = std::clamp(quality, 1u, 99u);
  const unsigned scale = q < 50 ? 5000 / q : 200 - q * 2;
  Bytes made;
  for (size_t i = 0; i < 64; ++i) {
    const unsigned value = i < base.size() ? base[i] : 99u;
    made.push_back(static_cast<uint8_t>(std::clamp((value * scale + 50) / 100, 1u, 255u)));
  }
  return made;
}

void append(ByteView bytes, Bytes& out) { out.insert(out.end(), bytes.begin(), bytes.end()); }

// A marker and what belongs to it, whose length goes in front.
void appendSegment(Marker marker, std::initializer_list<ByteView> parts, Bytes& out) {
  size_t size = 2;
  for (const ByteView part : parts) size += part.size();
  out.insert(out.end(), {0xff, marker});
  append16(size, out);
  for (const ByteView part : parts) append(part, out);
}

void appendQuantizer(uint8_t number, ByteView quantizer, Bytes& out) {
  const auto head = static_cast<uint8_t>((quantizer.size() > 64 ? 0x10 : 0) | number);
  appendSegment(kDqt, {{&head, 1}, quantizer}, out);
}

void appendFrameHeader(const Header& header, Bytes& out) {
  Bytes size;
  append16(header.height, size);
  append16(header.width, size);
  const auto sampling = static_cast<uint8_t>(header.halfHeight ? 0x22 : 0x21);
  appendSegment(kSof0, {Bytes{8}, size, Bytes{3, 1, sampling, 0, 2, 0x11, 1, 3, 0x11, 1}}, out);
}

// One marker segment of a JPEG.
struct Segment {
  uint8_t marker;
  ByteView body;  // behind its length
};

bool isFrameHeader(uint8_t marker) {
  return marker >= kSof0 && marker <= kSof15 && marker != kDht && marker != kJpg && marker != kDac;
}

// Takes the segment at the front off; unset: none, or cut short.
std::optional<Segment> takeSegment(ByteView& bytes) {
  while (bytes.size() > 1 && bytes[0] == 0xff && bytes[1] == 0xff) bytes = bytes.subspan(1);
  if (bytes.size() < 4 || bytes[0] != 0xff) return std::nullopt;
  const size_t length = read16(bytes, 2);
  if (length < 2 || bytes.size() < 2 + length) return std::nullopt;
  const Segment segment{bytes[1], bytes.subspan(4, length - 2)};
  bytes = bytes.subspan(2 + length);
  return segment;
}

bool startsImage(ByteView bytes) {
  return bytes.size() > 2 && bytes[0] == 0xff && bytes[1] == kSoi;
}

// Puts a picture together of its segments; ok() tells at the scan whether RTP can carry it.
class Reader {
 public:
  Reader() = default;
  explicit Reader(const Header& header)
      : header_(header), tables_{header.quantizers[0], header.quantizers[1]}, numbers_{0, 1} {}

  bool take(const Segment& segment) {
    if (segment.marker == kDqt) return takeQuantizers(segment.body);
    if (segment.marker == kDht) return takeHuffman(segment.body);
    if (segment.marker == kDri) return takeRestarts(segment.body);
    if (isFrameHeader(segment.marker))
      return segment.marker == kSof0 && takeFrameHeader(segment.body);
    return true;
  }

  std::optional<Header> header() {
    for (size_t i = 0; i < 2; ++i) header_.quantizers[i] = tables_[numbers_[i]];
    const bool isWhole = header_.width > 0 && header_.height > 0 &&
                         !header_.quantizers[0].empty() && !header_.quantizers[1].empty();
    return isWhole ? std::optional(header_) : std::nullopt;
  }

 private:
  bool takeQuantizers(ByteView body) {
    while (!body.empty()) {
      const size_t size = body[0] >> 4 ? 128 : 64;
      if (body.size() < 1 + size) return false;
      tables_[body[0] & 3] = body.subspan(1, size);
      body = body.subspan(1 + size);
    }
    return true;
  }

  static bool takeHuffman(ByteView body) {
    while (!body.empty()) {
      const auto isAtFront = [body](ByteView table) {
        return table.size() <= body.size() && std::equal(table.begin(), table.end(), body.begin());
      };
      const auto found = std::find_if(kHuffman.begin(), kHuffman.end(), isAtFront);
      if (found == kHuffman.end()) return false;
      body = body.subspan(found->size());
    }
    return true;
  }

  bool takeRestarts(ByteView body) {
    if (body.size() < 2) return false;
    header_.restartInterval = read16(body, 0);
    return true;
  }

  // Section B.2.2. Both chroma components must have one sample where luma has two or four.
  bool takeFrameHeader(ByteView body) {
    if (body.size() < 15 || body[0] != 8 || body[5] != 3) return false;
    const bool isKnown = (body[7] == 0x21 || body[7] == 0x22) && body[10] == 0x11 &&
                         body[13] == 0x11 && body[11] == body[14];
    header_.height = read16(body, 1);
    header_.width = read16(body, 3);
    header_.halfHeight = body[7] == 0x22;
    numbers_ = {static_cast<uint8_t>(body[8] & 3), static_cast<uint8_t>(body[11] & 3)};
    return isKnown;
  }

  Header header_;
  std::array<ByteView, 4> tables_;
  std::array<uint8_t, 2> numbers_{};  // of luma's and chroma's table
};

}  // namespace

Quantizers quantizersOf(unsigned quality) {
  return {scaled(kLuma, quality), scaled(kChroma, quality)};
}

Bytes formatHeader(const Header& header) {
  Bytes out{0xff, kSoi};
  // JFIF 1.1, square pixels, no thumbnail: it tells that the colours are YCbCr.
  appendSegment(kApp0, {Bytes{'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0}}, out);
  for (uint8_t i = 0; i < 2; ++i) appendQuantizer(i, header.quantizers[i], out);
  if (header.restartInterval > 0) {
    Bytes interval;
    append16(header.restartInterval, interval);
    appendSegment(kDri, {interval}, out);
  }
  appendFrameHeader(header, out);
  for (const ByteView table : kHuffman) appendSegment(kDht, {table}, out);
  appendSegment(kSos, {Bytes{3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0}}, out);
  return out;
}

bool amend(Header& header, ByteView segments) {
  Reader reader(header);
  while (const auto segment = takeSegment(segments))
    if (!reader.take(*segment)) return false;
  const auto made = reader.header();
  if (made) header = *made;
  return made.has_value();
}

std::optional<Picture> parse(ByteView bytes) {
  if (!startsImage(bytes)) return std::nullopt;
  bytes = bytes.subspan(2);
  Reader reader;
  while (const auto segment = takeSegment(bytes)) {
    if (!reader.take(*segment)) return std::nullopt;
    if (segment->marker != kSos) continue;
    const auto header = reader.header();
    const size_t size = bytes.size();
    const bool hasEnd = size >= 2 && bytes[size - 2] == 0xff && bytes[size - 1] == kEoi;
    if (!header) return std::nullopt;
    return Picture{*header, bytes.first(hasEnd ? size - 2 : size)};
  }
  return std::nullopt;
}

std::optional<JpegParameters> parametersOf(ByteView bytes) {
  if (!startsImage(bytes)) return std::nullopt;
  bytes = bytes.subspan(2);
  while (const auto segment = takeSegment(bytes)) {
    if (!isFrameHeader(segment->marker) || segment->body.size() < 5) continue;
    JpegParameters parameters;
    parameters.height = read16(segment->body, 1);
    parameters.width = read16(segment->body, 3);
    if (parameters.width == 0 || parameters.height == 0) return std::nullopt;
    return parameters;
  }
  return std::nullopt;
}

}  // namespace core::jpeg
