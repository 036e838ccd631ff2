#pragma once

#include "core/bytes.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace core {

// Writes ISO/IEC 14496-12 boxes into bytes that are already there. It does not check for room: who
// uses it has computed the size before.
class BoxWriter {
 public:
  explicit BoxWriter(uint8_t* start) : start_(start), at_(start) {}

  size_t position() const { return static_cast<size_t>(at_ - start_); }

  void u8(uint8_t value) { *at_++ = value; }
  void u16(uint16_t value) { bigEndian(value, 2); }
  void u24(uint32_t value) { bigEndian(value, 3); }
  void u32(uint32_t value) { bigEndian(value, 4); }
  void u64(uint64_t value) { bigEndian(value, 8); }
  void text(std::string_view value) { at_ = std::copy(value.begin(), value.end(), at_); }
  void bytes(ByteView value) { at_ = std::copy(value.begin(), value.end(), at_); }
  void zeros(size_t count) { at_ = std::fill_n(at_, count, uint8_t{0}); }

  // The box is as long as what `body()` writes.
  template <typename Body>
  void box(std::string_view type, Body body) {
    uint8_t* const size = at_;
    zeros(4);
    text(type);
    body();
    BoxWriter(size).u32(static_cast<uint32_t>(at_ - size));
  }

  template <typename Body>
  void fullBox(std::string_view type, uint8_t version, uint32_t flags, Body body) {
    box(type, [&] {
      u8(version);
      u24(flags);
      body();
    });
  }

 private:
  void bigEndian(uint64_t value, unsigned count) {
    for (unsigned i = count; i-- > 0;) *at_++ = static_cast<uint8_t>(value >> 8 * i);
  }

  uint8_t* const start_;
  uint8_t* at_;
};

}  // namespace core
