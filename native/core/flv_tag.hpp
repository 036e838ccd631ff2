#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

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
  ByteView body{};
};

// Unset: cut short, or of a track that is not the first one.
std::optional<Tag> parseVideoTag(ByteView payload);
std::optional<Tag> parseAudioTag(ByteView payload);

}  // namespace core::flv
