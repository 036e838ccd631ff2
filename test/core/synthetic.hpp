#pragma once

#include "core/fmp4.hpp"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

// Epochs and frames for tests that do not decode: true parameters, made-up payloads.
namespace synthetic {

using core::Micros;

// 320x240, High profile, level 1.3, 25 frames a second.
inline core::Track videoTrack() {
  core::H264Parameters h264;
  h264.sps = {0x67, 0x64, 0x00, 0x0d, 0xac, 0xd9, 0x41, 0x41, 0xfb, 0x01, 0x10, 0x00, 0x00,
              0x03, 0x00, 0x10, 0x00, 0x00, 0x03, 0x03, 0x20, 0xf1, 0x42, 0x99, 0x60};
  h264.pps = {{0x68, 0xeb, 0xe3, 0xcb, 0x22, 0xc0}};
  h264.width = 320;
  h264.height = 240;
  h264.frameRateNum = 25;
  h264.frameRateDen = 1;
  return {core::Kind::video, "H264", 90000, h264};
}

// AAC-LC, stereo.
inline core::Track audioTrack(uint32_t sampleRateHz = 48000) {
  core::AacParameters aac;
  aac.config = sampleRateHz == 48000 ? core::Bytes{0x11, 0x90} : core::Bytes{0x12, 0x10};
  aac.sampleRateHz = sampleRateHz;
  aac.channels = 2;
  return {core::Kind::audio, "MPEG4-GENERIC", sampleRateHz, aac};
}

inline core::Track opaqueTrack() { return {core::Kind::other, "VND.ONVIF.METADATA", 90000, {}}; }

inline core::EpochRef epoch(uint32_t number, std::vector<core::Track> tracks) {
  return std::make_shared<const core::Epoch>(core::Epoch{number, std::move(tracks)});
}

struct Times {
  Micros dts{0};
  Micros pts{-1};  // negative: the decode time
};

// A frame of `size` bytes that all say `track`.
inline core::Frame frame(uint8_t track, bool key, Times times, size_t size = 100) {
  core::Frame frame;
  frame.epoch = 1;
  frame.track = track;
  frame.key = key;
  frame.dts = times.dts;
  frame.pts = times.pts < Micros{0} ? times.dts : times.pts;
  frame.arrival = frame.capture = times.dts + Micros{1'000'000'000};
  frame.payload = core::Bytes(size, track);
  return frame;
}

inline core::FrameRef share(core::Frame frame) {
  return std::make_shared<const core::Frame>(std::move(frame));
}

}  // namespace synthetic
