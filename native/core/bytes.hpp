#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace core {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;
using Micros = std::chrono::microseconds;

// Numbers in the order of the network; they must be there.
inline uint16_t read16(ByteView bytes, size_t at) {
  return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

inline uint32_t read32(ByteView bytes, size_t at) {
  return uint32_t{read16(bytes, at)} << 16 | read16(bytes, at + 2);
}

inline void append16(size_t value, Bytes& out) {
  out.push_back(static_cast<uint8_t>(value >> 8));
  out.push_back(static_cast<uint8_t>(value));
}

inline void append32(uint32_t value, Bytes& out) {
  append16(value >> 16, out);
  append16(value, out);
}

// Immutable bytes, packaged once and shared by everybody who sends them.
class Block {
 public:
  explicit Block(Bytes bytes) : bytes_(std::move(bytes)) {}
  ByteView bytes() const { return bytes_; }
  size_t size() const { return bytes_.size(); }

 private:
  const Bytes bytes_;
};

using BlockRef = std::shared_ptr<const Block>;

inline BlockRef makeBlock(Bytes bytes) { return std::make_shared<const Block>(std::move(bytes)); }

}  // namespace core
