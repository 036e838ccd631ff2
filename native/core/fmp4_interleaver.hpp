#pragma once

#include "core/frame.hpp"
#include "core/track.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace core::fmp4 {

// Brings the frames of an epoch's tracks into the order of decode times, finds their durations, and
// leaves out what cannot be shown. The first video track leads, else the first audio track; the
// others are waited for a little. Media thread only.
class Interleaver {
 public:
  struct Head {
    FrameRef frame;
    bool lead;
    // To the next frame of the track. Not known while the newest frame of the leading track waits
    // for its successor.
    std::optional<Micros> duration;
  };
  enum class Push {
    taken,
    dropped,  // damaged, out of order, or of a track that is not carried
    jump,  // not taken: time or content jumps before it, or too much is waiting; begin again
  };

  // Forgets what is queued.
  void begin(const Epoch& epoch);
  Push push(const FrameRef& frame);

  // The frame that comes next; nothing while an earlier one may still come. With `last` nothing
  // comes any more.
  std::optional<Head> head(bool last);
  void pop();  // the frame of head()

  // What a frame of the leading track usually lasts.
  Micros usualDuration() const { return lines_.empty() ? Micros{0} : lines_[lead_].usual; }
  bool leadIsVideo() const { return !lines_.empty() && lines_[lead_].video; }

 private:
  struct Line {
    bool carried = false;
    bool video = false;
    bool skipping = false;  // up to the next key frame
    bool silent = false;  // has been waited for in vain
    Micros usual{0};
    std::optional<Micros> last;  // decode time of the newest frame taken
    std::deque<FrameRef> frames;
  };
  Push judge(Line& line, const Frame& frame) const;
  bool mayComeEarlier(const Frame& frame);
  std::optional<Micros> duration(const Line& line, bool last) const;

  std::vector<Line> lines_;  // one for each track of the epoch
  size_t lead_ = 0;
  size_t next_ = 0;  // the line of head()
  Micros newest_{0};  // decode time
  size_t queued_ = 0;
  size_t queuedBytes_ = 0;
};

}  // namespace core::fmp4
