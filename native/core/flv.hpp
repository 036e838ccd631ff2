#pragma once

#include "core/bytes.hpp"
#include "core/frame.hpp"
#include "core/rtmp_chunks.hpp"
#include "core/track.hpp"

#include <cstdint>
#include <initializer_list>
#include <string_view>

// The payloads of FLV's tags, which RTMP's messages carry as they are: Adobe Flash Video File
// Format Specification 10.1, annex E.4, and Enhanced RTMP (Veovera Software Organization, v2) for
// what Flash did not have.
namespace core::flv {

enum TagType : uint8_t { kAudio = 8, kVideo = 9, kData = 18 };

// How a track is written.
struct Format {
  bool carried = false;
  Bytes config{};  // what a decoder needs first; empty: nothing
  uint8_t legacy = 0;  // first byte of sound, codec of a picture, as Flash had them; 0: extended
  std::string_view name{};  // of four letters, where it is extended
  bool reorders = false;  // a picture may be shown later than it is decoded
  bool isVideo = false;
};

Format formatOf(const Track& track);

// The payload that tells decoders what comes; empty: they need nothing.
Bytes sequenceHeader(const Format& format);

// Appends what stands before the frame's own bytes. `composition`: by how much it is shown later
// than decoded, in milliseconds.
void appendHead(const Format& format, const Frame& frame, int64_t composition, Bytes& out);

// Appends a tag of a file, with its size behind it. The payload is that of the parts.
void appendTag(const rtmp::MessageHead& head, std::initializer_list<ByteView> parts, Bytes& out);

}  // namespace core::flv
