#pragma once

#include "core/bytes.hpp"

namespace core {

// The opposite of BitReader, for test input.
class BitWriter {
 public:
  BitWriter& bits(uint64_t value, unsigned count) {
    while (count-- > 0) push(value >> count & 1);
    return *this;
  }

  BitWriter& ue(uint32_t value) {
    const uint64_t code = uint64_t{value} + 1;
    unsigned length = 0;
    while (code >> length > 1) ++length;
    return bits(0, length).bits(code, length + 1);
  }

  BitWriter& se(int32_t value) {
    return ue(static_cast<uint32_t>(value > 0 ? 2 * value - 1 : -2 * value));
  }

  // A stop bit and zeros up to the byte.
  Bytes finish() {
    push(true);
    return bytes_;
  }

  // Zeros up to the byte.
  Bytes take() { return bytes_; }

 private:
  void push(bool bit) {
    if (used_ % 8 == 0) bytes_.push_back(0);
    if (bit) bytes_.back() |= static_cast<uint8_t>(0x80 >> used_ % 8);
    ++used_;
  }

  Bytes bytes_;
  size_t used_ = 0;
};

}  // namespace core
