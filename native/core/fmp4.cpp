#include "core/fmp4.hpp"

#include "core/box_writer.hpp"
#include "core/fmp4_track.hpp"
#include "core/h264.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace core::fmp4 {

namespace {

constexpr uint16_t kUndetermined = 0x55c4;  // "und", ISO/IEC 14496-12 section 8.4.2.3
constexpr uint32_t kUnity = 0x00010000;  // 1.0 in 16.16
constexpr size_t kMaxSet = 0xffff;  // a parameter set's length has 16 bits
constexpr size_t kMaxSets = 0xff;
constexpr size_t kMaxConfig = 1024;

// What a track takes in moov, apart from its parameters: a little more than it really is.
constexpr size_t kTrackRoom = 1024;
constexpr size_t kMovieRoom = 512;

size_t parameterBytes(const Track& track) {
  if (const auto* aac = std::get_if<AacParameters>(&track.parameters)) return aac->config.size();
  const auto* h264 = std::get_if<H264Parameters>(&track.parameters);
  if (!h264) return 0;
  size_t bytes = h264->sps.size();
  for (const Bytes& set : h264->pps) bytes += set.size() + sizeof(uint16_t);
  return bytes;
}

void writeMatrix(BoxWriter& out) {
  for (const uint32_t cell : {kUnity, 0u, 0u, 0u, kUnity, 0u, 0u, 0u, 0x40000000u}) out.u32(cell);
}

void writeFileType(BoxWriter& out) {
  // default-base-is-moof needs iso5, tfdt version 1 and signed composition offsets iso6.
  out.box("ftyp", [&] {
    out.text("iso6");
    out.u32(0);
    out.text("iso6mp41");
  });
}

void writeMovieHeader(BoxWriter& out, uint32_t nextTrack) {
  out.fullBox("mvhd", 0, 0, [&] {
    out.zeros(8);  // created, modified
    out.u32(1000);  // timescale
    out.u32(0);  // duration
    out.u32(kUnity);
    out.u16(0x0100);  // volume 1.0
    out.zeros(10);
    writeMatrix(out);
    out.zeros(24);
    out.u32(nextTrack);
  });
}

void writeTrackHeader(BoxWriter& out, uint32_t id, const Track& track) {
  constexpr uint32_t kEnabledInMovie = 3;
  const auto* h264 = std::get_if<H264Parameters>(&track.parameters);
  out.fullBox("tkhd", 0, kEnabledInMovie, [&] {
    out.zeros(8);
    out.u32(id);
    out.zeros(8);  // reserved, duration
    out.zeros(12);  // reserved, layer, alternate group
    out.u16(h264 ? 0 : 0x0100);  // volume
    out.zeros(2);
    writeMatrix(out);
    out.u32(h264 ? h264->width << 16 : 0);
    out.u32(h264 ? h264->height << 16 : 0);
  });
}

// ISO/IEC 14496-15 section 5.3.3.1.
void writeAvcConfig(BoxWriter& out, const H264Parameters& h264) {
  const ByteView sps = h264.sps;
  out.box("avcC", [&] {
    out.u8(1);
    out.bytes(sps.subspan(1, 3));
    out.u8(0xff);  // lengths of NAL units have 4 bytes
    out.u8(0xe1);  // one SPS
    out.u16(static_cast<uint16_t>(sps.size()));
    out.bytes(sps);
    out.u8(static_cast<uint8_t>(h264.pps.size()));
    for (const Bytes& pps : h264.pps) {
      out.u16(static_cast<uint16_t>(pps.size()));
      out.bytes(pps);
    }
    const uint8_t profile = sps[1];
    if (profile == 66 || profile == 77 || profile == 88) return;
    const auto parsed = h264::parseSps(sps);
    const h264::Sps known = parsed ? *parsed : h264::Sps{};
    out.u8(0xfc | known.chromaFormatIdc);
    out.u8(static_cast<uint8_t>(0xf8 | (known.bitDepthLuma - 8)));
    out.u8(static_cast<uint8_t>(0xf8 | (known.bitDepthChroma - 8)));
    out.u8(0);  // no SPS extensions
  });
}

void writeVideoEntry(BoxWriter& out, const H264Parameters& h264) {
  out.box("avc1", [&] {
    out.zeros(6);
    out.u16(1);  // data reference
    out.zeros(16);
    out.u16(static_cast<uint16_t>(h264.width));
    out.u16(static_cast<uint16_t>(h264.height));
    out.u32(0x00480000);  // 72 dpi
    out.u32(0x00480000);
    out.u32(0);
    out.u16(1);  // frames per sample
    out.zeros(32);  // compressor name
    out.u16(0x18);  // colour, no alpha
    out.u16(0xffff);
    writeAvcConfig(out, h264);
  });
}

// The head of a descriptor of ISO/IEC 14496-1 section 8.3.3; its length in the 4 byte form.
void writeDescriptor(BoxWriter& out, uint8_t tag, size_t length) {
  out.u8(tag);
  for (const unsigned shift : {21u, 14u, 7u}) {
    out.u8(static_cast<uint8_t>(0x80 | (length >> shift & 0x7f)));
  }
  out.u8(static_cast<uint8_t>(length & 0x7f));
}

// ISO/IEC 14496-14 section 5.6.
void writeElementaryStream(BoxWriter& out, const Bytes& config) {
  constexpr size_t kHead = 5;  // of every descriptor
  const size_t decoder = 13 + kHead + config.size();
  out.fullBox("esds", 0, 0, [&] {
    writeDescriptor(out, 3, 3 + kHead + decoder + kHead + 1);
    out.u16(0);
    out.u8(0);
    writeDescriptor(out, 4, decoder);
    out.u8(0x40);  // MPEG-4 audio
    out.u8(0x15);  // audio stream
    out.zeros(11);  // buffer size and bitrates: not known
    writeDescriptor(out, 5, config.size());
    out.bytes(config);
    writeDescriptor(out, 6, 1);
    out.u8(2);  // as MP4 files have it
  });
}

void writeAudioEntry(BoxWriter& out, const AacParameters& aac) {
  out.box("mp4a", [&] {
    out.zeros(6);
    out.u16(1);  // data reference
    out.zeros(8);
    out.u16(aac.channels);
    out.u16(16);  // bits per sample
    out.zeros(4);
    out.u32(aac.sampleRateHz > 0xffff ? 0 : aac.sampleRateHz << 16);
    writeElementaryStream(out, aac.config);
  });
}

void writeSampleTable(BoxWriter& out, const Track& track) {
  out.box("stbl", [&] {
    out.fullBox("stsd", 0, 0, [&] {
      out.u32(1);
      if (const auto* aac = std::get_if<AacParameters>(&track.parameters)) {
        writeAudioEntry(out, *aac);
      } else {
        writeVideoEntry(out, std::get<H264Parameters>(track.parameters));
      }
    });
    for (const char* table : {"stts", "stsc", "stco"}) {
      out.fullBox(table, 0, 0, [&] { out.u32(0); });
    }
    out.fullBox("stsz", 0, 0, [&] { out.zeros(8); });
  });
}

void writeMediaHeader(BoxWriter& out, const Track& track) {
  out.fullBox("mdhd", 0, 0, [&] {
    out.zeros(8);
    out.u32(timescale(track));
    out.u32(0);
    out.u16(kUndetermined);
    out.u16(0);
  });
}

void writeHandler(BoxWriter& out, std::string_view type) {
  out.fullBox("hdlr", 0, 0, [&] {
    out.u32(0);
    out.text(type);
    out.zeros(13);  // reserved, and an empty name
  });
}

void writeDataReferences(BoxWriter& out) {
  out.fullBox("dref", 0, 0, [&] {
    out.u32(1);
    out.fullBox("url ", 0, 1, [] {});  // the media is in this file
  });
}

void writeMedia(BoxWriter& out, const Track& track) {
  const bool video = std::holds_alternative<H264Parameters>(track.parameters);
  writeMediaHeader(out, track);
  writeHandler(out, video ? "vide" : "soun");
  out.box("minf", [&] {
    if (video) {
      out.fullBox("vmhd", 0, 1, [&] { out.zeros(8); });
    } else {
      out.fullBox("smhd", 0, 0, [&] { out.zeros(4); });
    }
    out.box("dinf", [&] { writeDataReferences(out); });
    writeSampleTable(out, track);
  });
}

void writeTrack(BoxWriter& out, uint32_t id, const Track& track) {
  out.box("trak", [&] {
    writeTrackHeader(out, id, track);
    out.box("mdia", [&] { writeMedia(out, track); });
  });
}

void writeExtends(BoxWriter& out, uint32_t id, const Track& track) {
  out.fullBox("trex", 0, 0, [&] {
    out.u32(id);
    out.u32(1);  // sample description
    out.u32(usualSampleDuration(track));
    out.u32(0);
    out.u32(usualSampleFlags(track));
  });
}

template <typename Write>
void forCarried(const Epoch& epoch, Write write) {
  for (size_t i = 0; i < epoch.tracks.size(); ++i) {
    if (canCarry(epoch.tracks[i])) write(static_cast<uint32_t>(i + 1), epoch.tracks[i]);
  }
}

void writeMovie(BoxWriter& out, const Epoch& epoch) {
  out.box("moov", [&] {
    writeMovieHeader(out, static_cast<uint32_t>(epoch.tracks.size() + 1));
    forCarried(epoch, [&](uint32_t id, const Track& track) { writeTrack(out, id, track); });
    out.box("mvex", [&] {
      forCarried(epoch, [&](uint32_t id, const Track& track) { writeExtends(out, id, track); });
    });
  });
}

bool canCarry(const H264Parameters& h264) {
  const auto fits = [](const Bytes& set) { return !set.empty() && set.size() <= kMaxSet; };
  return h264.sps.size() >= 4 && fits(h264.sps) && !h264.pps.empty() &&
         h264.pps.size() <= kMaxSets && std::all_of(h264.pps.begin(), h264.pps.end(), fits);
}

bool canCarry(const AacParameters& aac) {
  return aac.sampleRateHz > 0 && !aac.config.empty() && aac.config.size() <= kMaxConfig;
}

bool canCarry(const OpaqueParameters&) { return false; }

std::string codec(const Track& track) {
  std::array<char, 16> name{};
  if (const auto* aac = std::get_if<AacParameters>(&track.parameters)) {
    // The first type that the config names: 5 and 29 where SBR or PS lie around the core.
    const unsigned signalled = aac->config[0] >> 3;
    const unsigned type = signalled == 31 ? aac->objectType : signalled;
    std::snprintf(name.data(), name.size(), "mp4a.40.%u", type);
  } else {
    const Bytes& sps = std::get<H264Parameters>(track.parameters).sps;
    std::snprintf(name.data(), name.size(), "avc1.%02x%02x%02x", sps[1], sps[2], sps[3]);
  }
  return name.data();
}

}  // namespace

bool canCarry(const Track& track) {
  return std::visit([](const auto& parameters) { return canCarry(parameters); }, track.parameters);
}

bool canCarry(const Epoch& epoch) {
  return std::any_of(epoch.tracks.begin(), epoch.tracks.end(),
                     [](const Track& track) { return canCarry(track); });
}

Bytes initSection(const Epoch& epoch) {
  size_t room = kMovieRoom;
  forCarried(epoch,
             [&](uint32_t, const Track& track) { room += kTrackRoom + parameterBytes(track); });
  Bytes bytes(room);
  BoxWriter out(bytes.data());
  writeFileType(out);
  writeMovie(out, epoch);
  bytes.resize(out.position());
  bytes.shrink_to_fit();
  return bytes;
}

std::string codecs(const Epoch& epoch) {
  std::string names;
  forCarried(epoch, [&](uint32_t, const Track& track) {
    if (!names.empty()) names += ',';
    names += codec(track);
  });
  return names;
}

Micros usualDuration(const Track& track) {
  constexpr int64_t kSecond = 1'000'000;
  if (const auto* aac = std::get_if<AacParameters>(&track.parameters); aac && aac->sampleRateHz) {
    return Micros{aac->samplesPerFrame * kSecond / aac->sampleRateHz};
  }
  const auto* h264 = std::get_if<H264Parameters>(&track.parameters);
  if (!h264 || h264->frameRateNum == 0) return Micros{40'000};
  return Micros{h264->frameRateDen * kSecond / h264->frameRateNum};
}

}  // namespace core::fmp4
