#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

// What stands in the payloads of FLV's tags before the codec's own bytes: Adobe Flash Video File
// Format Specification 10.1, annex E.4, and Enhanced RTMP (Veovera Software Organization, v2).
namespace core::flv {

struct Tag {
  enum class Use : uint8_t { config, media, nothing };
  Use use = Use::nothing;
  std::string_view codec{};  // RTP's encoding name; empty: one that nobody here knows
  std::string_view name{};  // of that one, for people
  bool key = false;  // video
  bool stereo = false;  // of sound whose codec does not tell
  int32_t composition = 0;  // milliseconds by which it is shown later than decoded
  uint8_t track = 0;  // its id among those of its kind
  Micros later{0};  // than the message's time, less than a millisecond
  ByteView body{};
};

// One for each track that a message carries; what is cut short is left out. At most kMostTags.
constexpr size_t kMostTags = 16;
std::vector<Tag> parseVideoTags(ByteView payload);
std::vector<Tag> parseAudioTags(ByteView payload);

}  // namespace core::flv
