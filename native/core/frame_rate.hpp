#pragma once

#include <cstdint>
#include <numeric>

namespace core {

// Sets `frameRateNum` and `frameRateDen` to num / den pictures a second in lowest terms; leaves
// them where that is none, or more than 1000, which is a mistake of the camera.
template <typename Facts>
void setFrameRate(Facts& facts, uint64_t num, uint64_t den) {
  constexpr uint64_t kMost = 1000;
  if (num == 0 || den == 0) return;
  const uint64_t common = std::gcd(num, den);
  num /= common;
  den /= common;
  if (num > UINT32_MAX || den > UINT32_MAX || num > den * kMost) return;
  facts.frameRateNum = static_cast<uint32_t>(num);
  facts.frameRateDen = static_cast<uint32_t>(den);
}

}  // namespace core
