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
