#include "core/flv.hpp"

#include "core/decoder_config.hpp"

#include <algorithm>
#include <variant>

namespace core::flv {

namespace {

// Of the first byte: what a picture is, and codecs.
constexpr uint8_t kKeyPicture = 1 << 4;
constexpr uint8_t kOtherPicture = 2 << 4;
constexpr uint8_t kAvc = 7;
// AAC; rate, size and channels are those that every AAC is said to have.
constexpr uint8_t kAac = 10 << 4 | 0x0f;
// Of the second byte.
constexpr uint8_t kHeader = 0;
constexpr uint8_t kMedia = 1;

constexpr size_t kMaxSets = 31;  // of SPS and PPS in avcC

void append24(int64_t value, Bytes& out) {
  constexpr int64_t kMost = 0x7fffff;
  const int64_t fitting = std::clamp(value, -kMost, kMost);
  for (const int shift : {16, 8, 0}) out.push_back(static_cast<uint8_t>(fitting >> shift));
}

struct Format {
  bool carried = false;
  Bytes config{};
};

Format formatOf(const H264Parameters& h264) {
  const bool whole = h264.sps.size() >= 4 && !h264.pps.empty() && h264.pps.size() <= kMaxSets;
  return whole ? Format{true, formatAvcC(h264)} : Format{};
}

Format formatOf(const AacParameters& aac) {
  const bool whole = aac.sampleRateHz > 0 && !aac.config.empty();
  return whole ? Format{true, aac.config} : Format{};
}

template <typename Other>
Format formatOf(const Other&) {
  return {};
}

Format formatOf(const Track& track) {
  return std::visit([](const auto& parameters) { return formatOf(parameters); }, track.parameters);
}

}  // namespace

bool canCarry(const Track& track) { return formatOf(track).carried; }

Bytes sequenceHeader(const Track& track) {
  Bytes header;
  if (track.kind == Kind::video)
    header = {kKeyPicture | kAvc, kHeader, 0, 0, 0};
  else
    header = {kAac, kHeader};
  const Bytes config = formatOf(track).config;
  header.insert(header.end(), config.begin(), config.end());
  return header;
}

void appendHead(const Track& track, const Frame& frame, int64_t composition, Bytes& out) {
  if (track.kind != Kind::video) {
    out.insert(out.end(), {kAac, kMedia});
    return;
  }
  const uint8_t picture = frame.key ? kKeyPicture : kOtherPicture;
  out.insert(out.end(), {static_cast<uint8_t>(picture | kAvc), kMedia});
  append24(composition, out);
}

}  // namespace core::flv
