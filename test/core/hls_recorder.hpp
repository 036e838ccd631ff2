#pragma once

#include "core/hls_packager.hpp"
#include "core/mp4_reader.hpp"
#include "core/synthetic.hpp"

#include <algorithm>
#include <utility>
#include <vector>

// A packager, and all it has said.
struct HlsRecorder {
  explicit HlsRecorder(core::HlsConfig config = {}) : packager(config, sink()) {}
  HlsRecorder(const HlsRecorder&) = delete;

  void epoch(uint32_t number, std::vector<core::Track> tracks) {
    epochNumber = number;
    packager.epoch(synthetic::epoch(number, std::move(tracks)));
  }
  void push(core::Frame frame) {
    frame.epoch = epochNumber;
    packager.frame(synthetic::share(std::move(frame)));
  }
  // Times in milliseconds.
  void video(int64_t ms, bool key) { push(synthetic::frame(0, key, {core::Micros{ms * 1000}})); }
  void audio(int64_t ms) { push(synthetic::frame(1, true, {core::Micros{ms * 1000}}, 20)); }

  core::HlsPackager::Sink sink() {
    return {
        [this](const core::HlsInit& init) { inits.push_back(init); },
        [this](const core::HlsSegment& segment, size_t part) {
          parts.emplace_back(segment.number, part);
          newest = segment.parts[part];
        },
        [this](const core::HlsSegment& segment) { segments.push_back(segment); },
        [this] { ++ends; },
    };
  }

  // The segment's bytes as a player gets them.
  static core::Bytes bytes(const core::HlsSegment& segment) {
    core::Bytes all;
    for (const core::HlsPart& part : segment.parts) {
      all.insert(all.end(), part.block->bytes().begin(), part.block->bytes().end());
    }
    return all;
  }

  // Decode times of the samples of track `id` in a segment, in milliseconds.
  std::vector<int64_t> times(size_t segment, uint32_t id) const {
    std::vector<int64_t> found;
    const core::Bytes media = bytes(segments.at(segment));
    for (const mp4::Fragment& fragment : fragments(segment, media)) {
      for (const mp4::Sample& sample : fragment.samples) {
        const int64_t scale = id == 1 ? 90 : 48;
        if (sample.track == id) found.push_back(static_cast<int64_t>(sample.dts) / scale);
      }
    }
    return found;
  }

  std::vector<mp4::Fragment> fragments(size_t segment, const core::Bytes& media) const {
    const uint32_t number = segments.at(segment).init;
    const auto init = std::find_if(inits.begin(), inits.end(),
                                   [&](const core::HlsInit& i) { return i.number == number; });
    if (init == inits.end()) return {};
    return mp4::readFragments(init->block->bytes(), media).value_or(std::vector<mp4::Fragment>{});
  }

  std::vector<int64_t> durationsMs() const {
    std::vector<int64_t> found;
    for (const core::HlsSegment& segment : segments)
      found.push_back(segment.duration.count() / 1000);
    return found;
  }

  uint32_t epochNumber = 0;
  std::vector<core::HlsInit> inits;
  std::vector<std::pair<uint64_t, size_t>> parts;  // segment, part
  core::HlsPart newest;
  std::vector<core::HlsSegment> segments;
  int ends = 0;
  core::HlsPackager packager;
};
