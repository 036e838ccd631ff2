#pragma once

#include "core/bytes.hpp"

#include <optional>

namespace core {

// Maps media time to the server clock. The least delayed frames win, because delay only ever adds;
// the first 2 s of a source may be a burst out of its buffer and weigh nothing once they are over.
class CaptureClock {
 public:
  // Takes note of a frame and says when it was taken. Media thread only.
  Micros observe(Micros mediaTime, Micros arrival);
  // The time scale changed (a new epoch): everything known is void.
  void reset();

 private:
  std::optional<Micros> start_;
  Micros offset_{0};
  Micros crept_{0};  // up to which arrival the offset has grown
  bool settled_ = false;
};

}  // namespace core
