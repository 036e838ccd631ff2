#include "core/flv.hpp"

#include "core/fmp4_entry.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace core::flv {

namespace {

// Of the first byte: what a picture is, and codecs.
constexpr uint8_t kKeyPicture = 1 << 4;
constexpr uint8_t kOtherPicture = 2 << 4;
constexpr uint8_t kAvc = 7;
// AAC; rate, size and channels are those that every AAC is said to have.
constexpr uint8_t kAac = 10 << 4 | 0x0f;
constexpr uint8_t kMp3 = 2 << 4;
constexpr uint8_t kALaw = 7 << 4;
constexpr uint8_t kMuLaw = 8 << 4;
constexpr uint8_t k16Bits = 2;
// Enhanced RTMP: a code of four letters follows.
constexpr uint8_t kExtendedVideo = 0x80;
constexpr uint8_t kExtendedAudio = 9 << 4;
// Of the second byte, or in the first one of what is extended.
constexpr uint8_t kHeader = 0;
constexpr uint8_t kMedia = 1;

constexpr size_t kMaxSets = 31;  // of SPS and PPS in avcC
constexpr size_t kTagHead = 11;
// Version and flags, which boxes have before what they hold.
constexpr size_t kBoxHead = 4;

void append24(int64_t value, Bytes& out) {
  for (const int shift : {16, 8, 0}) out.push_back(static_cast<uint8_t>(value >> shift));
}

void appendComposition(int64_t value, Bytes& out) {
  constexpr int64_t kMost = 0x7fffff;
  append24(std::clamp(value, -kMost, kMost), out);
}

// What the box of a file holds.
Bytes configOf(const Parameters& parameters, size_t skipped) {
  if (!fmp4::canCarry(parameters)) return {};
  const Bytes config = fmp4::sampleEntryOf(parameters).config;
  return {config.begin() + static_cast<ptrdiff_t>(skipped), config.end()};
}

Format extended(std::string_view name, Bytes config, bool reorders = false) {
  return {!config.empty(), std::move(config), 0, name, reorders};
}

Format describe(const Track& track, const H264Parameters& h264) {
  if (h264.pps.size() > kMaxSets) return {};
  Bytes config = configOf(track.parameters, 0);
  return {!config.empty(), std::move(config), kAvc, {}, true};
}

Format describe(const Track& track, const H265Parameters&) {
  return extended("hvc1", configOf(track.parameters, 0), true);
}

Format describe(const Track& track, const Av1Parameters&) {
  return extended("av01", configOf(track.parameters, 0));
}

Format describe(const Track& track, const Vp9Parameters&) {
  return extended("vp09", configOf(track.parameters, kBoxHead));
}

// VP Codec ISO Media File Format Binding: level and colours are not told.
Format describe(const Track&, const Vp8Parameters&) {
  return extended("vp08", {0, 0, 8 << 4 | 1 << 1, 2, 2, 2, 0, 0});
}

Format describe(const Track&, const AacParameters& aac) {
  return {aac.sampleRateHz > 0 && !aac.config.empty(), aac.config, kAac, {}};
}

// RFC 7845 section 5.1: version, channels, nothing to skip, 48000 Hz, no gain, one stream.
Format describe(const Track&, const OpusParameters& opus) {
  return extended("Opus", {'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, opus.channels, 0, 0, 0x80,
                           0xbb, 0, 0, 0, 0, 0});
}

// RFC 9639 section 6: the mark, and the one block of metadata.
Format describe(const Track& track, const FlacParameters&) {
  Bytes config = configOf(track.parameters, kBoxHead);
  if (config.empty()) return {};
  const Bytes mark{'f', 'L', 'a', 'C'};
  config.insert(config.begin(), mark.begin(), mark.end());
  return extended("fLaC", std::move(config));
}

Format describe(const Track&, const Ac3Parameters& ac3) {
  return {ac3.sampleRateHz > 0, {}, 0, "ac-3"};
}

uint8_t rateOf(uint32_t sampleRateHz) {
  uint8_t rate = 3;  // 44 kHz and above
  for (uint32_t least = 44'100; rate > 0 && sampleRateHz < least; least /= 2) --rate;
  return rate << 2;
}

Format describe(const Track&, const MpegAudioParameters& mp3) {
  const uint8_t channels = mp3.channels > 1 ? 1 : 0;
  const bool isMp3 = mp3.layer == 3 && mp3.sampleRateHz > 0;
  return {isMp3, {}, static_cast<uint8_t>(kMp3 | rateOf(mp3.sampleRateHz) | k16Bits | channels)};
}

Format describe(const Track& track, const PcmParameters& pcm) {
  const bool isALaw = track.codec == "PCMA";
  const bool isCarried = (isALaw || track.codec == "PCMU") && pcm.sampleRateHz == 8000;
  const uint8_t channels = pcm.channels > 1 ? 1 : 0;
  return {isCarried, {}, static_cast<uint8_t>((isALaw ? kALaw : kMuLaw) | k16Bits | channels)};
}

template <typename Other>
Format describe(const Track&, const Other&) {
  return {};
}

void appendHeadOf(const Format& format, uint8_t picture, uint8_t use, Bytes& out) {
  if (format.legacy == 0) {
    out.push_back(format.isVideo ? kExtendedVideo | picture | use : kExtendedAudio | use);
    out.insert(out.end(), format.name.begin(), format.name.end());
    return;
  }
  out.push_back(format.isVideo ? picture | format.legacy : format.legacy);
  if (!format.config.empty()) out.push_back(use);
}

}  // namespace

Format formatOf(const Track& track) {
  Format format = std::visit([&](const auto& parameters) { return describe(track, parameters); },
                             track.parameters);
  format.isVideo = track.kind == Kind::video;
  return format;
}

Bytes sequenceHeader(const Format& format) {
  if (format.config.empty()) return {};
  Bytes header;
  appendHeadOf(format, kKeyPicture, kHeader, header);
  if (format.reorders && format.legacy != 0) append24(0, header);
  header.insert(header.end(), format.config.begin(), format.config.end());
  return header;
}

void appendHead(const Format& format, const Frame& frame, int64_t composition, Bytes& out) {
  appendHeadOf(format, frame.key ? kKeyPicture : kOtherPicture, kMedia, out);
  if (format.reorders) appendComposition(composition, out);
}

void appendTag(const rtmp::MessageHead& head, std::initializer_list<ByteView> parts, Bytes& out) {
  size_t size = 0;
  for (const ByteView part : parts) size += part.size();
  out.push_back(head.type);
  append24(static_cast<int64_t>(size), out);
  append24(head.timestamp & 0xffffff, out);
  out.push_back(static_cast<uint8_t>(head.timestamp >> 24));
  append24(0, out);
  for (const ByteView part : parts) out.insert(out.end(), part.begin(), part.end());
  append32(static_cast<uint32_t>(kTagHead + size), out);
}

}  // namespace core::flv
