#pragma once

#include "core/bytes.hpp"
#include "core/frame.hpp"
#include "core/track.hpp"

#include <span>
#include <string>
#include <vector>

// ISO/IEC 14496-12 (boxes): fragmented MP4; what codecs put into it is in fmp4_entry.
// Track ids are the index of the track in its epoch + 1; tracks that are not carried have none.
// Timescale: 90000 for video, the sample rate for audio.
namespace core::fmp4 {

// True when at least one track of the epoch can go into fMP4.
bool canCarry(const Epoch& epoch);

// ftyp and moov. No edit lists: tfdt is the truth.
Bytes initSection(const Epoch& epoch);

// RFC 6381 names of the tracks, comma-separated: "avc1.64001f,mp4a.40.2".
std::string codecs(const Epoch& epoch);
// Of one track; empty: it has no place in fMP4.
std::string codecs(const Track& track);

struct Sample {
  FrameRef frame;
  Micros
      duration;  // true to the next frame of its track; only the last one of a track is looked at
};

// One moof and mdat with all `samples` (decode order within a track, tracks mixed as they come).
// `sequence` is mfhd's sequence number. Samples of other tracks are left out.
Bytes fragment(const Epoch& epoch, uint32_t sequence, std::span<const Sample> samples);

// One frame at once, before the next one is known: a video frame declares a second, because Media
// Source Extensions drop everything up to the next key frame when decode time steps further than
// twice the last duration (W3C MSE section 3.5.8, step 1.6).
Sample liveSample(const Epoch& epoch, const FrameRef& frame);

// The duration of a frame that nothing follows: exact for audio, by the announced frame rate or 40
// ms for video.
Micros usualDuration(const Track& track);

// True when the track can go into fMP4: its codec is known and so are its parameters.
bool canCarry(const Track& track);

// True for the first picture and the first sound that can go into fMP4: players of one file play
// one of each.
bool takesPart(const Epoch& epoch, size_t track);

}  // namespace core::fmp4
