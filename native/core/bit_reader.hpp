#pragma once

#include "core/bytes.hpp"

#include <cstdint>

namespace core {

// Reads big-endian bits and Exp-Golomb codes (ITU-T H.264 section 9.1). Past the end everything
// reads as 0 and ok() turns false for good, so that callers may test once, at the end.
class BitReader {
 public:
  explicit BitReader(ByteView bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  size_t left() const { return bytes_.size() * 8 - position_; }
  size_t position() const { return position_; }  // in bits from the start

  bool flag() { return bits(1) != 0; }

  // At most 32.
  uint32_t bits(unsigned count) {
    if (!take(count)) return 0;
    uint64_t window = 0;
    const size_t first = (position_ - count) / 8;
    const size_t last = (position_ + 7) / 8;
    for (size_t i = first; i < last; ++i) window = window << 8 | bytes_[i];
    const unsigned below = static_cast<unsigned>(last * 8 - position_);
    return static_cast<uint32_t>(window >> below & ((uint64_t{1} << count) - 1));
  }

  void skip(size_t count) { take(count); }

  // The next byte boundary, from the start of the bytes.
  void align() { take((8 - position_ % 8) % 8); }

  uint32_t ue() {
    unsigned zeros = 0;
    while (ok_ && !flag()) ++zeros;
    if (zeros > 31) ok_ = false;
    if (!ok_) return 0;
    return (uint32_t{1} << zeros) - 1 + bits(zeros);
  }

  int32_t se() {
    const uint32_t code = ue();
    const auto half = static_cast<int32_t>(code / 2);
    return code % 2 ? half + 1 : -half;
  }

 private:
  bool take(size_t count) {
    if (!ok_ || count > left()) {
      ok_ = false;
      position_ = bytes_.size() * 8;
      return false;
    }
    position_ += count;
    return true;
  }

  ByteView bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace core
