#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace core {

// One encoded picture or audio unit (an access unit).
//
// H.264 and H.265: every NAL unit preceded by its length in 4 bytes, big endian; parameter sets
// that stand in the epoch's track are left out, access unit delimiters too. AAC: one raw_data_block
// without ADTS.
// Opaque: RTP payloads of one timestamp, one after the other.
struct Frame {
  uint32_t epoch = 0;  // number of the epoch it belongs to, from 1
  uint64_t sequence = 0;  // counts all frames of a stream, from 0, over epochs
  uint8_t track = 0;  // index into the epoch's tracks
  bool key = false;  // decoding can start here; every audio frame is one
  bool droppable = false;  // no other frame refers to it
  bool damaged = false;  // a piece of it, or of a picture it refers to, is missing
  bool discontinuity = false;  // time or content jumps before it
  Micros dts{0};  // stream media time, continuous over epochs
  Micros pts{0};
  Micros duration{0};  // exact for audio; 0 = not known (video)
  Micros arrival{0};  // server clock when its last byte came in
  Micros capture{0};  // server clock when it was taken, by the epoch's mapping
  Bytes payload;
  std::vector<uint32_t> packetEnds;  // opaque: where in `payload` each packet ends; empty: no RTP
  bool marked = false;  // opaque: its last packet had RTP's marker
};

using FrameRef = std::shared_ptr<const Frame>;

}  // namespace core
