#pragma once

#include "core/gate_rules.hpp"
#include "gst/meter.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace gst {

using namespace core::gate;

// Stands in every track of one pipeline, behind its parser and a queue, before muxer or decoder,
// and lets media through from a key frame on, without gaps after a pause, for as long as wanted.
// core/gate_rules.hpp says which frames pass.
//
// What comes out begins at running time 0: the presentation of the first picture. Decode times
// before it are negative running times, as x264enc has them (the segment begins at an hour), unless
// the options forbid it (flvmux knows none), and never run backwards. These times have nothing to
// do with the clock any more, so downstream is told that nothing is live: a muxer that believed
// otherwise would not wait for the track that comes later. A track that ends, ends with one EOS;
// what comes after it is dropped, and upstream hears GST_FLOW_OK.
//
// Live: what comes before the key frame is dropped; audio that arrives ahead of the picture is
// held meanwhile, 2 s of it at most. Not live: the other tracks wait for the first picture with
// their streaming threads, so that each track needs a queue of its own; nothing of a file that
// begins with a key frame is dropped, and its times stay as they are. So do all tracks in a pause.
class Gate final : public Meter, public std::enable_shared_from_this<Gate> {
 public:
  struct Options {
    bool paused = false;
    Nanos duration{0};  // of each track, 0 = all
    // Media flows: the first frame since the start or since a pause has been taken downstream.
    // On a streaming thread; must not block.
    std::function<void()> onFlowing{};
    // The input has lost its place, and throws away what is on its way (hlsdemux2). Downstream
    // hears nothing of it: a muxer would throw away what it has written. On a streaming thread;
    // must not block.
    std::function<void()> onFlushed{};
    bool decodeFromZero = false;  // no decode time is below 0, the first presentation may be above
    // A track whose time has passed and which has brought nothing for so long is ended. Clock time:
    // a file is read at any speed, while the muxer or the machine keeps a track waiting.
    Nanos silence = std::chrono::seconds(1);
  };

  explicit Gate(Options options);  // in a shared_ptr
  ~Gate() override;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // Pipeline thread, before the first frame of any track.
  // A new element (floating) with the pads `sink` and `src`, to be put in the way of a track.
  GstElement* addTrack(TrackKind kind);
  void setLive(bool live);  // it is, unless told otherwise

  // Any thread, at once, as often as wanted.
  void pause();
  void play();
  void finish();  // all tracks end now, as if the input had ended
  // Dropped are frames that were kept back before the first key frame or by a pause, and those that
  // were lost on the way here.
  io::PipelineStats stats() const override;
  KeyFrame newestKeyFrame() const override;

  // Streaming threads of the elements.
  struct Ruling {
    Judgement judgement;
    bool live = true;
    uint64_t change = 0;  // the last one that it knows of
  };
  Ruling judge(size_t track, const GateFrame& frame);
  // `film`: where in the film it ends, or another before it.
  void taken(size_t track, GstPad* pad, GstBuffer* buffer, Nanos film);
  void setBusy(size_t track, bool busy);  // with a frame, here or downstream
  void thrownAway(size_t track, uint64_t frames = 1);
  // Waits for what may change a ruling. False: interrupted.
  bool awaitChange(size_t track, uint64_t known);
  void setInterrupted(size_t track, bool interrupted);
  void end(size_t track);
  void flushed() const;  // the input has
  void flows() const;

 private:
  class Track;
  struct Count {
    uint64_t frames = 0, keyFrames = 0, dropped = 0;
    Nanos film{0};
  };

  void change();
  std::vector<size_t> silentOf(const std::vector<size_t>& overdue);
  void endSilent(const std::vector<size_t>& tracks);

  const std::function<void()> onFlowing_;
  const std::function<void()> onFlushed_;
  const Nanos silence_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  GateRules rules_;
  std::vector<std::unique_ptr<Track>> tracks_;
  uint64_t changes_ = 0;
  uint64_t bytes_ = 0;
  KeyFrame newest_;
};

using GateRef = std::shared_ptr<Gate>;

}  // namespace gst
