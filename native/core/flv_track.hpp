#pragma once

#include "core/flv_tag.hpp"
#include "core/track.hpp"

#include <optional>

namespace core::flv {

// One unit of a track: payload and flags as in Frame.
struct Unit {
  Bytes payload;
  bool key = true;
  bool droppable = false;
};

// The picture or the sound of one publisher: its codec, and what is known of it.
class TrackReader {
 public:
  // A configuration, or media that tells its own. True: the track is another from now on.
  bool learn(const Tag& tag);
  // Unset: not known well enough yet.
  const std::optional<Track>& track() const { return track_; }
  // Of media; unset: it makes no sense, or the track is not known.
  std::optional<Unit> take(const Tag& tag) const;

 private:
  std::optional<Track> configured(const Tag& tag);
  std::optional<Track> told(const Tag& tag) const;

  std::optional<Track> track_;
  uint8_t lengthBytes_ = 4;  // before NAL units
};

}  // namespace core::flv
