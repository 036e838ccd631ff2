#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace core {

// Where a picture stands among those around it.
struct PictureOrder {
  bool restarts = false;  // all before it are shown before it
  int64_t count = 0;  // of two pictures, the one with less is shown first
  uint32_t depth = 0;  // how many pictures may be decoded before it and shown after it
};

// Derives presentation times from the order of pictures where a container has decode times alone
// (AVI): the picture that is shown as the n-th is shown at the n-th decode time. That may be before
// its own decode time, by as many pictures as the depth says. One thread.
class PresentationTime {
 public:
  // In decode order.
  void add(const PictureOrder& order, Micros dts);
  // No more come before next() has given all.
  void finish();
  // Of the first picture, in decode order, that has not been given; empty: not known yet.
  std::optional<Micros> next();

 private:
  struct Waiting {
    int64_t count;
    uint64_t number;
  };

  void show();

  std::vector<Waiting> waiting_;  // those shown first at the end
  std::deque<Micros> free_;  // decode times at which nothing is shown yet
  std::deque<std::optional<Micros>> times_;  // of all that are not given
  uint64_t given_ = 0;
};

}  // namespace core
