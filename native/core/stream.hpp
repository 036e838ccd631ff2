#pragma once

#include "core/capture_clock.hpp"
#include "core/output.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace core {

struct StreamConfig {
  size_t ringMaxBytes = 20'000'000;
  Micros ringMaxAge{30'000'000};
  bool passDamaged = false;  // pictures that miss a piece, or refer to one, go to outputs as well
};

// The live media of a path: a chain of epochs, the ring since the last key frame, and the outputs
// that take from it. Pictures that are damaged, and those that refer to them, go to nobody unless
// the configuration passes them, marked. Media thread only.
class Stream {
 public:
  // How the time of a new epoch goes on from the last one.
  enum class Splice {
    elapsed,  // the source was away: the time that passed is kept
    gapless,  // it was paused: nothing is missing
    same,  // only parameters changed: the source's time scale goes on
  };

  Stream(StreamConfig config, std::function<void(const EpochRef&)> onEpoch);

  // What comes next has these tracks. The epoch begins with the first key frame pushed after it;
  // where only parameters changed, the tracks that kept theirs go on until then.
  void begin(std::vector<Track> tracks, Splice splice);
  // `frame` carries times of the source's own scale; false: nobody can use it (before a key frame,
  // paused, damaged).
  bool push(Frame&& frame);
  // It has begun, and takes what comes.
  bool flows() const { return !paused_ && !awaitsKey_; }
  void pause();
  void play();
  void end();

  // Instead of begin() and push(), for a stream that is made of another one: epochs and frames that
  // have their place already.
  void follow(EpochRef epoch);
  void follow(const FrameRef& frame);

  // The output gets the epoch and the ring at once. It outlives its stay.
  void add(Output& output);
  void remove(Output& output);

  const StreamConfig& config() const { return config_; }  // any thread
  const EpochRef& epoch() const { return epoch_; }
  // The newest key frame, nullptr when there is none.
  FrameRef keyFrame() const;
  size_t ringBytes() const { return ringBytes_; }

 private:
  struct Taker {
    Output* output;
    bool waiting;  // for a key frame
  };
  bool isKey(const Frame& frame) const;
  bool begins(const Frame& frame) const;
  bool isKnown(const Frame& frame) const;
  void inherit(Frame& frame);
  void beginEpoch(const Frame& frame);
  void place(Frame& frame);
  void keep(const FrameRef& frame);
  void give(Taker& taker, const FrameRef& frame);

  const StreamConfig config_;
  const std::function<void(const EpochRef&)> onEpoch_;
  std::vector<Taker> takers_;

  std::optional<std::vector<Track>> next_;  // tracks of the epoch to come
  Splice splice_ = Splice::elapsed;
  bool awaitsKey_ = true;  // the next frame taken is a key frame that begins an epoch
  bool paused_ = false;

  EpochRef epoch_;
  bool hasVideo_ = false;
  std::vector<bool> broken_;  // by track: a picture was damaged, and no key frame came since
  uint64_t sequence_ = 0;
  bool discontinuity_ = false;
  Micros offset_{0};  // stream time = source time + offset
  Micros lastDts_{0};
  Micros lastArrival_{0};
  Micros lastDuration_{0};
  CaptureClock capture_;

  std::deque<FrameRef> ring_;
  size_t ringBytes_ = 0;
  bool ringCut_ = false;  // only its key frame is left
};

}  // namespace core
