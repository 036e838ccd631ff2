#include "core/rtsp_text.hpp"

#include <algorithm>
#include <string_view>

namespace core::rtsp {

namespace {

constexpr size_t kMaxFirstLine = 8192;

std::string_view textOf(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The value of the line when its name, in any case, is `name`, which is in lower case.
std::optional<std::string_view> valueOf(std::string_view line, std::string_view name) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view found = line.substr(0, colon);
  while (!found.empty() && (found.back() == ' ' || found.back() == '\t')) found.remove_suffix(1);
  const auto sameLetter = [](char a, char b) { return lower(a) == b; };
  if (!std::equal(found.begin(), found.end(), name.begin(), name.end(), sameLetter))
    return std::nullopt;
  std::string_view value = line.substr(colon + 1);
  constexpr std::string_view kBlanks = " \t\r";
  while (!value.empty() && kBlanks.find(value.front()) != kBlanks.npos) value.remove_prefix(1);
  while (!value.empty() && kBlanks.find(value.back()) != kBlanks.npos) value.remove_suffix(1);
  return value;
}

std::optional<size_t> numberOf(std::string_view digits) {
  if (digits.empty() || digits.size() > 9) return std::nullopt;
  size_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<size_t>(c - '0');
  }
  return number;
}

}  // namespace

size_t headSize(ByteView bytes, size_t from) {
  const std::string_view text = textOf(bytes);
  for (size_t at = text.find('\n', from); at != text.npos; at = text.find('\n', at + 1)) {
    const std::string_view rest = text.substr(at + 1);
    if (rest.starts_with('\n')) return at + 2;
    if (rest.starts_with("\r\n")) return at + 3;
  }
  return 0;
}

bool isText(ByteView bytes) {
  return std::none_of(bytes.begin(), bytes.end(), [](uint8_t byte) {
    return byte < ' ' && byte != '\t' && byte != '\r' && byte != '\n';
  });
}

Verdict isHead(ByteView bytes) {
  const std::string_view text = textOf(bytes);
  const std::string_view line = text.substr(0, text.find('\n'));
  if (line.size() > kMaxFirstLine) return Verdict::no;
  if (line.find("RTSP/") != line.npos) return Verdict::yes;
  return line.size() == text.size() ? Verdict::maybe : Verdict::no;
}

std::optional<size_t> contentLength(ByteView head) {
  std::string_view rest = textOf(head);
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size() - 1);
    if (const auto value = valueOf(rest.substr(0, end), "content-length")) return numberOf(*value);
    rest.remove_prefix(end + 1);
  }
  return 0;
}

}  // namespace core::rtsp
