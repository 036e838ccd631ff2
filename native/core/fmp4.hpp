#pragma once

#include "core/bytes.hpp"
#include "core/frame.hpp"
#include "core/track.hpp"

#include <span>
#include <string>
#include <vector>

// ISO/IEC 14496-12 (boxes), 14496-15 (avcC), 14496-14 (esds): fragmented MP4.
// Track ids are the index of the track in its epoch + 1; opaque tracks have none.
// Timescale: 90000 for video, the sample rate for audio.
namespace core::fmp4 {

// True when at least one track of the epoch can go into fMP4.
bool canCarry(const Epoch& epoch);

// ftyp and moov. No edit lists: tfdt is the truth.
Bytes initSection(const Epoch& epoch);

// RFC 6381 names of the tracks, comma-separated: "avc1.64001f,mp4a.40.2".
std::string codecs(const Epoch& epoch);

struct Sample {
  FrameRef frame;
  Micros duration;  // true to the next frame of its track
};

// One moof and mdat with all `samples` (decode order within a track, tracks mixed as they come).
// `sequence` is mfhd's sequence number. Samples of opaque tracks are left out.
Bytes fragment(const Epoch& epoch, uint32_t sequence, std::span<const Sample> samples);

}  // namespace core::fmp4
