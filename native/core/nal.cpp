#include "core/nal.hpp"

#include <algorithm>
#include <cstring>

namespace core::nal {

Bytes unescape(ByteView nal, size_t limit) {
  Bytes rbsp;
  rbsp.reserve(std::min(nal.size(), limit));
  size_t zeros = 0;
  for (const uint8_t byte : nal) {
    if (rbsp.size() == limit) break;
    const bool prevention = zeros >= 2 && byte == 3;
    if (!prevention) rbsp.push_back(byte);
    zeros = byte == 0 ? zeros + 1 : 0;
  }
  return rbsp;
}

ByteView withoutTrailingZeros(ByteView nal) {
  while (!nal.empty() && nal.back() == 0) nal = nal.first(nal.size() - 1);
  return nal;
}

// Looks for the 01: a scan for one byte runs at the speed of memory, unlike one for zeros, which
// real pictures are full of.
size_t findStartCode(ByteView bytes, size_t from) {
  size_t at = from + 2;
  while (at < bytes.size()) {
    const void* hit = std::memchr(bytes.data() + at, 1, bytes.size() - at);
    if (!hit) break;
    at = static_cast<size_t>(static_cast<const uint8_t*>(hit) - bytes.data());
    if (bytes[at - 1] == 0 && bytes[at - 2] == 0) return at - 2;
    ++at;
  }
  return bytes.size();
}

bool hasSeiMessage(ByteView sei, size_t wanted) {
  const Bytes rbsp = unescape(sei);
  size_t at = 0;
  // ITU-T H.264 section 7.3.2.3.1: type and size are written in bytes of 255 and a last smaller
  // one.
  const auto number = [&] {
    size_t value = 0;
    while (at < rbsp.size() && rbsp[at] == 0xff) value += rbsp[at++];
    return at < rbsp.size() ? value + rbsp[at++] : value;
  };
  while (at + 2 < rbsp.size()) {
    const size_t type = number();
    const size_t size = number();
    if (size > rbsp.size() - at) return false;
    if (type == wanted) return true;
    at += size;
  }
  return false;
}

}  // namespace core::nal
