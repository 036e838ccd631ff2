#pragma once

#include "core/bytes.hpp"

#include <cstddef>

// What H.264 and H.265 share: ITU-T H.264 section 7.3.1 and Annex B.
namespace core::nal {

// The NAL unit without emulation prevention bytes (00 00 03 -> 00 00); at most `limit` bytes of it.
Bytes unescape(ByteView nal, size_t limit = SIZE_MAX);

// Without zero bytes at the end, which belong to the byte stream and not to the NAL unit.
ByteView withoutTrailingZeros(ByteView nal);

// Offset of the first 00 00 01 at or after `from`; the size of `bytes` when there is none.
// A well-formed NAL unit has none.
size_t findStartCode(ByteView bytes, size_t from = 0);

// SEI payload types that both have (ITU-T H.264 section D.1.8, ITU-T H.265 section D.2.8).
constexpr size_t kRecoveryPoint = 6;

// Whether an SEI, without the header of its NAL unit, has a message of this type.
bool hasSeiMessage(ByteView sei, size_t type);

// Calls `take(ByteView)` for what stands before, between and after start codes; empty pieces are
// left out.
template <typename Take>
void splitAnnexB(ByteView bytes, Take take) {
  size_t from = 0;
  while (from < bytes.size()) {
    const size_t code = findStartCode(bytes, from);
    const ByteView piece = withoutTrailingZeros(bytes.subspan(from, code - from));
    if (!piece.empty()) take(piece);
    from = code + 3;
  }
}

}  // namespace core::nal
