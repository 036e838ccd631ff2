#include "core/jpeg_packetizer.hpp"

#include "core/jpeg.hpp"

#include <algorithm>

namespace core {

namespace {

constexpr size_t kMaxScan = (size_t{1} << 24) - 1;  // the offset has 24 bits
constexpr uint8_t kTablesInside = 255;

// Section 3.1.5: in units of 8 pixels. 0: too large, the session description tells (GStreamer).
uint8_t sizeOf(uint16_t pixels, uint16_t other) {
  constexpr unsigned kMost = 255 * 8;
  return static_cast<uint8_t>(std::max(pixels, other) > kMost ? 0 : (pixels + 7u) / 8);
}

uint8_t high(size_t value) { return static_cast<uint8_t>(value >> 8); }
uint8_t low(size_t value) { return static_cast<uint8_t>(value); }

void addHead(const jpeg::Header& header, size_t offset, PayloadList& out) {
  const bool restarts = header.restartInterval > 0;
  const auto type = static_cast<uint8_t>((header.halfHeight ? 1 : 0) | (restarts ? 64 : 0));
  out.add({0, low(offset >> 16), high(offset), low(offset), type, kTablesInside,
           sizeOf(header.width, header.height), sizeOf(header.height, header.width)});
  // Section 3.1.7: the picture is to be put together before it is decoded.
  if (restarts) out.add({high(header.restartInterval), low(header.restartInterval), 0xff, 0xff});
}

// In the order and precision of section 3.1.8.
void addTables(const jpeg::Header& header, PayloadList& out) {
  const auto& [luma, chroma] = header.quantizers;
  const size_t size = luma.size() + chroma.size();
  const auto precision =
      static_cast<uint8_t>((luma.size() > 64 ? 1 : 0) | (chroma.size() > 64 ? 2 : 0));
  out.add({0, precision, high(size), low(size)});
  out.add(luma);
  out.add(chroma);
}

size_t headBytes(const jpeg::Header& header, bool isFirst) {
  const size_t tables = header.quantizers[0].size() + header.quantizers[1].size();
  return 8 + (header.restartInterval > 0 ? 4 : 0) + (isFirst ? 4 + tables : 0);
}

}  // namespace

void JpegPacketizer::packetize(const Frame& frame, size_t maxBytes, PayloadList& out) {
  const auto picture = jpeg::parse(frame.payload);
  if (!picture || picture->scan.empty() || picture->scan.size() > kMaxScan) return;
  if (maxBytes <= headBytes(picture->header, true)) return;
  for (size_t offset = 0; offset < picture->scan.size();) {
    const size_t head = headBytes(picture->header, offset == 0);
    const ByteView piece =
        picture->scan.subspan(offset, std::min(maxBytes - head, picture->scan.size() - offset));
    out.open();
    addHead(picture->header, offset, out);
    if (offset == 0) addTables(picture->header, out);
    out.add(piece);
    offset += piece.size();
  }
  out.mark();
}

}  // namespace core
