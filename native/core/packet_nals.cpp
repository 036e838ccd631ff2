#include "core/packet_nals.hpp"

#include "core/nal.hpp"

namespace core {

namespace {

// How a payload format of the family says what it holds.
struct NalFormat {
  size_t headerBytes;  // of a NAL unit
  uint8_t aggregate;  // STAP-A, AP
  uint8_t fragment;  // FU-A, FU
  uint8_t (*typeOf)(uint8_t headerByte);
  uint8_t fragmentTypeMask;
};

constexpr NalFormat kH264Format{1, 24, 28, [](uint8_t byte) -> uint8_t { return byte & 0x1f; },
                                0x1f};
constexpr NalFormat kH265Format{2, 48, 49, [](uint8_t byte) -> uint8_t { return byte >> 1 & 0x3f; },
                                0x3f};

const NalFormat* formatOf(std::string_view codec) {
  if (codec == "H264") return &kH264Format;
  return codec == "H265" ? &kH265Format : nullptr;
}

constexpr uint8_t kFragmentStart = 0x80;
constexpr uint8_t kFragmentEnd = 0x40;

PacketNals fragmentOf(const NalFormat& format, ByteView payload) {
  if (payload.size() <= format.headerBytes) return {};
  const uint8_t header = payload[format.headerBytes];
  const bool starts = header & kFragmentStart;
  const bool ends = header & kFragmentEnd;
  const NalPiece piece = starts ? (ends ? NalPiece::whole : NalPiece::start)
                                : (ends ? NalPiece::end : NalPiece::middle);
  return {{static_cast<uint8_t>(header & format.fragmentTypeMask)}, piece};
}

PacketNals aggregateOf(const NalFormat& format, ByteView payload) {
  PacketNals nals;
  ByteView rest = payload.subspan(format.headerBytes);
  while (rest.size() > 2) {
    const size_t size = size_t{rest[0]} << 8 | rest[1];
    rest = rest.subspan(2);
    if (size > rest.size()) break;
    if (size > 0) nals.types.push_back(format.typeOf(rest[0]));
    rest = rest.subspan(size);
  }
  return nals;
}

}  // namespace

PacketNals nalsOf(std::string_view codec, ByteView payload) {
  const NalFormat* format = formatOf(codec);
  if (!format || payload.size() < format->headerBytes) return {};
  const uint8_t type = format->typeOf(payload[0]);
  if (type == format->fragment) return fragmentOf(*format, payload);
  if (type == format->aggregate) return aggregateOf(*format, payload);
  PacketNals nals;
  // V380 and others leave start codes between several.
  nal::splitAnnexB(payload, [&](ByteView nal) { nals.types.push_back(format->typeOf(nal[0])); });
  return nals;
}

}  // namespace core
