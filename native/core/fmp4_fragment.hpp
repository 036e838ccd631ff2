#pragma once

#include "core/fmp4.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace core::fmp4 {

// The samples of one track in a fragment, and how their fields are laid out.
struct Run {
  struct Entry {
    const Frame* frame;
    uint32_t duration;
    int32_t offset;  // from decode to composition
  };
  uint32_t id;
  uint64_t decodeTime;
  uint32_t trackFlags;
  uint32_t runFlags;
  uint32_t defaultFlags;  // of a sample
  size_t headBytes;  // of traf
  size_t mediaBytes;
  std::vector<Entry> entries;
};

// One moof and mdat before they are written: their length is known, so that they can be put behind
// something that tells it. Frames are only looked at: whoever makes a fragment of them holds them.
class Fragment {
 public:
  // Decode order within a track, tracks mixed as they come; samples of other tracks than the
  // epoch's are left out.
  Fragment(const Epoch& epoch, std::span<const Sample> samples);

  size_t size() const { return headBytes_ + mediaBytes_; }
  // `sequence` is mfhd's sequence number.
  void append(uint32_t sequence, Bytes& out) const;

 private:
  std::vector<Run> runs_;
  size_t headBytes_;  // of moof, and of mdat up to its media
  size_t mediaBytes_ = 0;
};

}  // namespace core::fmp4
