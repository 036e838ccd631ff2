#pragma once

#include "core/bytes.hpp"
#include "core/frame.hpp"
#include "core/track.hpp"

#include <cstdint>

// The payloads of FLV's tags, which RTMP's messages carry as they are (Adobe Flash Video File
// Format Specification 10.1, annex E.4).
namespace core::flv {

enum TagType : uint8_t { kAudio = 8, kVideo = 9, kData = 18 };

// H.264 and AAC, with all that a decoder needs first.
bool canCarry(const Track& track);

// The payload that tells decoders what comes; of tracks that can be carried.
Bytes sequenceHeader(const Track& track);

// Appends what stands before the frame's own bytes. `composition`: by how much it is shown later
// than decoded, in milliseconds.
void appendHead(const Track& track, const Frame& frame, int64_t composition, Bytes& out);

}  // namespace core::flv
