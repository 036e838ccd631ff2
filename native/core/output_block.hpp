#pragma once

#include "core/bytes.hpp"

#include <cstddef>
#include <cstdint>

namespace core {

// What an output has for all its readers at a time, ready to be written: a picture, and the sound
// before it.
struct OutputBlock {
  uint64_t number = 0;  // counts the blocks of an output, from 1
  bool key = false;  // a reader can begin with it
  bool droppable = false;  // no other picture refers to its picture
  bool hasVideo = false;
  size_t packets = 0;  // of RTP, or messages of RTMP; reports do not count
  Micros arrival{0};  // of its newest frame
  Micros capture{0};
  BlockRef bytes;
};

}  // namespace core
