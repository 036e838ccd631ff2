#pragma once

#include "core/bytes.hpp"

#include <string_view>

namespace core {

// Bytes written as hexadecimal; everything that is no digit of it separates.
inline Bytes hex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  Bytes bytes;
  bool high = true;
  for (const char c : text) {
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) continue;
    if (high)
      bytes.push_back(static_cast<uint8_t>(digit << 4));
    else
      bytes.back() |= static_cast<uint8_t>(digit);
    high = !high;
  }
  return bytes;
}

inline Bytes join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

inline std::string_view textOf(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace core
