#pragma once

#include "core/decode_time.hpp"
#include "core/frame.hpp"
#include "core/h264.hpp"
#include "core/nal.hpp"
#include "core/track.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

// Reads what test/fixtures/make.sh makes into tracks and frames, as a source would deliver them.
namespace fixture {

using core::Bytes;
using core::ByteView;
using core::Micros;

// Of stream time: as in core::Stream it does not begin at 0.
constexpr Micros kStart{1'000'000};

struct Media {
  core::Track track;
  std::vector<core::Frame> frames;
};

inline Bytes readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void appendNal(Bytes& payload, ByteView nal) {
  for (const unsigned shift : {24u, 16u, 8u, 0u}) {
    payload.push_back(static_cast<uint8_t>(nal.size() >> shift));
  }
  payload.insert(payload.end(), nal.begin(), nal.end());
}

// `path` without its ending: an Annex B stream with delimiters, and its times.
inline Media readVideo(const std::string& path) {
  Media media;
  Bytes sps;
  std::vector<Bytes> pps;
  core::nal::splitAnnexB(readFile(path + ".h264"), [&](ByteView nal) {
    switch (core::h264::nalType(nal[0])) {
      case core::h264::kAccessUnitDelimiter:
        media.frames.emplace_back();
        return;
      case core::h264::kSps:
        sps.assign(nal.begin(), nal.end());
        return;
      case core::h264::kPps:
        pps = {Bytes(nal.begin(), nal.end())};
        return;
      case core::h264::kIdr:
        media.frames.back().key = true;
        break;
      default:
        break;
    }
    appendNal(media.frames.back().payload, nal);
  });
  const core::H264Parameters h264 = *core::H264Parameters::fromSets(sps, pps);
  media.track = {core::Kind::video, "H264", 90000, h264};
  core::DecodeTime decodeTime(h264.maxReorderFrames);
  std::ifstream times(path + ".times");
  for (core::Frame& frame : media.frames) {
    int64_t pts = 0;
    times >> pts;
    frame.pts = kStart + Micros{(pts * 100 + 4) / 9};
    frame.dts = decodeTime.next(frame.pts);
  }
  return media;
}

// ISO/IEC 14496-3 section 1.A.3.2 (ADTS).
inline Media readAudio(const std::string& path) {
  constexpr uint32_t kRates[] = {96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                 22050, 16000, 12000, 11025, 8000,  7350};
  const Bytes stream = readFile(path + ".aac");
  Media media;
  for (size_t at = 0; at + 7 <= stream.size();) {
    const ByteView head = ByteView(stream).subspan(at);
    const size_t size = (head[3] & 3u) << 11 | head[4] << 3 | head[5] >> 5;
    const size_t headBytes = head[1] & 1 ? 7 : 9;
    if (media.frames.empty()) {
      const unsigned type = (head[2] >> 6) + 1u, rate = head[2] >> 2 & 15u;
      const unsigned channels = (head[2] & 1u) << 2 | head[3] >> 6;
      const unsigned config = type << 11 | rate << 7 | channels << 3;
      const Bytes bytes{static_cast<uint8_t>(config >> 8), static_cast<uint8_t>(config)};
      media.track = {core::Kind::audio, "MPEG4-GENERIC", kRates[rate],
                     *core::AacParameters::fromConfig(bytes)};
    }
    core::Frame frame;
    frame.key = true;
    const auto samples = static_cast<int64_t>(media.frames.size() * 1024 * 1'000'000);
    frame.dts = frame.pts = kStart + Micros{samples / media.track.clockRateHz};
    frame.payload.assign(head.begin() + headBytes, head.begin() + size);
    media.frames.push_back(std::move(frame));
    at += size;
  }
  return media;
}

}  // namespace fixture
