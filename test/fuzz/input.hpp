#pragma once

#include "core/bytes.hpp"

#include <algorithm>

// What libFuzzer calls.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace core {

// Takes a fuzzer's input apart; past the end everything is 0.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(data, size) {}

  bool empty() const { return rest_.empty(); }
  size_t size() const { return rest_.size(); }

  uint8_t byte() {
    if (rest_.empty()) return 0;
    const uint8_t first = rest_[0];
    rest_ = rest_.subspan(1);
    return first;
  }

  uint16_t word() {
    const uint8_t high = byte();
    return static_cast<uint16_t>(high << 8 | byte());
  }

  ByteView bytes(size_t count) {
    const ByteView taken = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

  ByteView all() { return bytes(rest_.size()); }

 private:
  ByteView rest_;
};

// Ends the run; the fuzzer keeps the input.
inline void require(bool truth) {
  if (!truth) __builtin_trap();
}

}  // namespace core
