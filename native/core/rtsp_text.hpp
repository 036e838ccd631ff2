#pragma once

#include "core/bytes.hpp"
#include "core/frame_judge.hpp"

#include <cstddef>
#include <optional>

// RFC 2326: just enough of a message to find its end. What it says is for TypeScript to read.
namespace core::rtsp {

// Bytes up to and with the blank line, which does not begin before `from`; 0: it has not come yet.
// Line ends may be bare LF.
size_t headSize(ByteView bytes, size_t from = 0);

// False when there is a byte that no head has: a control character other than tab and line ends.
bool isText(ByteView bytes);

// Whether the first line is a request line or a status line.
Verdict isHead(ByteView bytes);

// 0 without the header; unset when it is not a number of at most nine digits.
std::optional<size_t> contentLength(ByteView head);

}  // namespace core::rtsp
