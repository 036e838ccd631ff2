#pragma once

#include "core/bytes.hpp"
#include "core/video_parameters.hpp"

#include <array>
#include <optional>

// Baseline JPEG (ITU-T T.81) as RTP carries it: three components, 4:2:2 or 4:2:0, the usual Huffman
// tables.
namespace core::jpeg {

// For luma and chroma, in zigzag order: 64 bytes, or 128 where its numbers have 16 bits.
using Quantizers = std::array<Bytes, 2>;

// RFC 2435 appendix A, for a quality of 1 to 99.
Quantizers quantizersOf(unsigned quality);

// What stands before the scan.
struct Header {
  uint16_t width = 0;
  uint16_t height = 0;
  bool halfHeight = false;  // 4:2:0, else 4:2:2
  uint16_t restartInterval = 0;  // in MCUs; 0: no restart markers
  std::array<ByteView, 2> quantizers{};  // views of what it was read from
};

Bytes formatHeader(const Header& header);

// Marker segments say otherwise. False: RTP cannot carry that, or something is missing still.
// Quantizers may be views of `segments` afterwards.
bool amend(Header& header, ByteView segments);

struct Picture {
  Header header;
  ByteView scan;  // without the end of image
};

// Unset: no whole JPEG, or one that is not as above.
std::optional<Picture> parse(ByteView bytes);

// Of any JPEG; unset: cut short before its frame header.
std::optional<JpegParameters> parametersOf(ByteView bytes);

}  // namespace core::jpeg
