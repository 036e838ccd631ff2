#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <vector>

namespace core {

// Derives decode times from presentation times that come in decode order (RTP carries only the
// latter). Decode time n is the n-th smallest presentation time, delayed by the reorder depth, so
// it never runs backwards; it passes the presentation time only where the depth was not known
// before. Media thread only.
class DecodeTime {
 public:
  // `reorder`: how many pictures may be shown later than decoded (max_num_reorder_frames). It grows
  // when the stream shows more.
  explicit DecodeTime(uint32_t reorder) : reorder_(reorder) {}

  Micros next(Micros pts);

 private:
  uint32_t reorder_;
  bool started_ = false;
  Micros last_{0};
  std::vector<Micros> recent_;  // sorted presentation times that have not been used as decode time
};

}  // namespace core
