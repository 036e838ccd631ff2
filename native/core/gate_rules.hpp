#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

// Which frames of a relay go out and at which times: arithmetic alone.
namespace core::gate {

using Nanos = std::chrono::nanoseconds;

enum class TrackKind { video, audio, other };

// A frame as it comes; times are running times.
struct GateFrame {
  bool key = true;
  std::optional<Nanos> pts, dts;
  Nanos duration{0};  // 0 = not known
};

enum class Verdict {
  pass,
  hold,  // whether it passes is not known yet: ask again
  drop,  // for now or, at the front of a stretch, for good
  end,  // the first one behind the end of its track
  late,  // of a track that has ended
};

struct Judgement {
  Verdict verdict = Verdict::drop;
  bool begins = false;  // pass: the first frame since the start or since a pause
  Nanos shift{0};  // pass: what its times are less by
  std::optional<Nanos> dts{};  // pass: its decode time, already shifted
  Nanos duration{0};  // pass: its own, or what the one before it took; 0 = not known
  // end, late: tracks whose time has passed as well, and which end() if they are silent.
  std::vector<size_t> overdue{};
};

// The tracks go on together in *stretches*: one from the start to the first pause, the next from
// the first key frame after play(). All tracks of a stretch are shifted by the same time, and the
// next one goes on where the last one ended. A pause takes effect at the media time that the
// foremost track has reached; the others go on up to there. What is not live waits during a pause
// and goes on in the same stretch.
class GateRules {
 public:
  struct Options {
    bool paused = false;
    Nanos duration{0};  // of each track, 0 = without end
    bool decodeFromZero = false;  // no decode time is below 0; else the first presentation is 0
  };
  explicit GateRules(Options options)
      : paused_(options.paused),
        duration_(options.duration),
        decodeFromZero_(options.decodeFromZero) {}

  size_t addTrack(TrackKind kind);
  void setLive(bool live) { live_ = live; }
  bool live() const { return live_; }

  Judgement judge(size_t track, GateFrame frame);
  void pause();
  void play();
  // Nothing more comes of it. False: it had ended.
  bool end(size_t track);

  bool hasVideo() const;
  // The first video track that has not ended; where there is none, whichever track comes first
  // leads.
  std::optional<size_t> leader() const;
  // Media written since the start.
  Nanos position() const;

 private:
  struct Lane {
    TrackKind kind = TrackKind::other;
    bool ended = false;
    bool started = false;  // a frame has passed
    bool stopped = false;  // has left the stretch that it is in
    uint32_t stretch = 0;  // 0 = none yet
    Nanos shift{0};  // of that stretch
    Nanos opening{0};  // running time of its first frame in that stretch
    Nanos next{0};  // running time of the next frame, should it have none
    // What has passed, in output times.
    Nanos first{0}, last{0};  // decode times
    Nanos begin{0}, newest{0}, end{0};  // presentation of the first frame, the latest, its end
    Nanos spacing{0};
  };

  bool isDraining(const Lane& lane, const GateFrame& frame) const;
  Judgement await(size_t track, const GateFrame& frame);
  void beginStretch(const Lane& lane, const GateFrame& frame);
  bool mayJoin(const Lane& lane, const GateFrame& frame) const;
  Judgement join(Lane& lane, const GateFrame& frame);
  Judgement pass(Lane& lane, const GateFrame& frame);
  bool isBehindEnd(const Lane& lane, Nanos at) const;
  static Judgement hold();
  Judgement refuse(Verdict verdict, const GateFrame& frame);
  Nanos patience(const Lane& lane) const;

  std::vector<Lane> lanes_;
  bool live_ = true;
  bool paused_;
  bool waiting_ = true;  // for the key frame that begins the next stretch
  bool resuming_ = false;  // nothing has passed since a pause of what is not live
  bool startedClean_ = true;  // the first frame of the leader was a key frame
  const Nanos duration_;
  const bool decodeFromZero_;

  // The current stretch; while waiting_, the last one.
  uint32_t stretch_ = 0;
  Nanos shift_{0};
  std::optional<Nanos> from_;  // running time before which tracks that are new do not join
  Nanos pausePoint_{0};  // running time
};

}  // namespace core::gate
