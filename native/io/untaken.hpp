#pragma once

#include "core/output_block.hpp"

#include <atomic>
#include <cstddef>
#include <memory>

namespace io {

// How much of an output waits for whoever takes its blocks. Who lags gets nothing up to the next
// key frame; the numbers of the blocks tell it. Media thread, but for the tokens.
class Untaken {
 public:
  explicit Untaken(size_t room) : room_(room) {}

  // Whether a block may be given; `isLate`: what waits has waited for too long.
  bool admits(const core::OutputBlock& block, bool isLate = false) {
    if (*waiting_ > room_ || isLate) awaitsKey_ = true;
    if (awaitsKey_ && (!block.key || *waiting_ > room_ / 2 || isLate)) return false;
    awaitsKey_ = false;
    return true;
  }

  // Something of that weight waits until the token goes.
  std::shared_ptr<void> wait(size_t weight) {
    *waiting_ += weight;
    return {nullptr, [waiting = waiting_, weight](std::nullptr_t) { *waiting -= weight; }};
  }

 private:
  const size_t room_;
  const std::shared_ptr<std::atomic<size_t>> waiting_ = std::make_shared<std::atomic<size_t>>(0);
  bool awaitsKey_ = false;  // too much was waiting
};

}  // namespace io
