#include "core/fmp4.hpp"

#include "core/box_writer.hpp"
#include "core/fmp4_entry.hpp"
#include "core/fmp4_track.hpp"

#include <algorithm>
#include <string_view>
#include <variant>

namespace core::fmp4 {

namespace {

constexpr uint16_t kUndetermined = 0x55c4;  // "und", ISO/IEC 14496-12 section 8.4.2.3
constexpr uint32_t kUnity = 0x00010000;  // 1.0 in 16.16
// What a track takes in moov, apart from its parameters: a little more than it really is.
constexpr size_t kTrackRoom = 1024;
constexpr size_t kMovieRoom = 512;

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
  const VideoParameters* video = videoOf(track.parameters);
  out.fullBox("tkhd", 0, kEnabledInMovie, [&] {
    out.zeros(8);
    out.u32(id);
    out.zeros(8);  // reserved, duration
    out.zeros(12);  // reserved, layer, alternate group
    out.u16(video ? 0 : 0x0100);  // volume
    out.zeros(2);
    writeMatrix(out);
    out.u32(video ? video->width << 16 : 0);
    out.u32(video ? video->height << 16 : 0);
  });
}

// ISO/IEC 14496-12 section 12.1.3.
void writeVisualEntry(BoxWriter& out, const VideoParameters& video) {
  out.zeros(16);
  out.u16(static_cast<uint16_t>(video.width));
  out.u16(static_cast<uint16_t>(video.height));
  out.u32(0x00480000);  // 72 dpi
  out.u32(0x00480000);
  out.u32(0);
  out.u16(1);  // frames per sample
  out.zeros(32);  // compressor name
  out.u16(0x18);  // colour, no alpha
  out.u16(0xffff);
}

// Section 12.2.3.
void writeAudioEntry(BoxWriter& out, const Track& track, const AudioParameters& audio) {
  const auto* flac = std::get_if<FlacParameters>(&track.parameters);
  out.zeros(8);
  out.u16(audio.channels);
  out.u16(flac ? flac->bitsPerSample : 16);
  out.zeros(4);
  out.u32(audio.sampleRateHz > 0xffff ? 0 : audio.sampleRateHz << 16);
}

void writeSampleEntry(BoxWriter& out, const Track& track) {
  const SampleEntry entry = sampleEntryOf(track.parameters);
  out.box(entry.format, [&] {
    out.zeros(6);
    out.u16(1);  // data reference
    if (const auto* video = videoOf(track.parameters)) writeVisualEntry(out, *video);
    if (const auto* audio = audioOf(track.parameters)) writeAudioEntry(out, track, *audio);
    out.box(entry.configBox, [&] { out.bytes(entry.config); });
  });
}

void writeSampleTable(BoxWriter& out, const Track& track) {
  out.box("stbl", [&] {
    out.fullBox("stsd", 0, 0, [&] {
      out.u32(1);
      writeSampleEntry(out, track);
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
  const bool video = isParsedVideo(track);
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
    if (takesPart(epoch, i)) write(static_cast<uint32_t>(i + 1), epoch.tracks[i]);
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

}  // namespace

bool canCarry(const Track& track) { return canCarry(track.parameters); }

bool takesPart(const Epoch& epoch, size_t track) {
  const Track& wanted = epoch.tracks[track];
  const auto takesItsPlace = [&](const Track& it) {
    return it.kind == wanted.kind && canCarry(it);
  };
  const auto end = epoch.tracks.begin() + static_cast<ptrdiff_t>(track);
  return canCarry(wanted) && std::none_of(epoch.tracks.begin(), end, takesItsPlace);
}

bool canCarry(const Epoch& epoch) {
  return std::any_of(epoch.tracks.begin(), epoch.tracks.end(),
                     [](const Track& track) { return canCarry(track); });
}

Bytes initSection(const Epoch& epoch) {
  size_t room = kMovieRoom;
  forCarried(epoch, [&](uint32_t, const Track& track) {
    room += kTrackRoom + sampleEntryOf(track.parameters).config.size();
  });
  Bytes bytes(room);
  BoxWriter out(bytes.data());
  writeFileType(out);
  writeMovie(out, epoch);
  bytes.resize(out.position());
  bytes.shrink_to_fit();
  return bytes;
}

std::string codecs(const Track& track) {
  return canCarry(track) ? sampleEntryOf(track.parameters).codecs : "";
}

std::string codecs(const Epoch& epoch) {
  std::string names;
  forCarried(epoch, [&](uint32_t, const Track& track) {
    if (!names.empty()) names += ',';
    names += codecs(track);
  });
  return names;
}

Micros usualDuration(const Track& track) {
  constexpr int64_t kSecond = 1'000'000;
  if (const auto* audio = audioOf(track.parameters); audio && audio->sampleRateHz) {
    // 20 ms is what Opus is mostly sent in.
    if (audio->samplesPerFrame == 0) return Micros{20'000};
    return Micros{audio->samplesPerFrame * kSecond / audio->sampleRateHz};
  }
  const VideoParameters* video = videoOf(track.parameters);
  if (!video || video->frameRateNum == 0) return Micros{40'000};
  return Micros{video->frameRateDen * kSecond / video->frameRateNum};
}

}  // namespace core::fmp4
