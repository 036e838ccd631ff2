#pragma once

#include "gst/ref.hpp"
#include "pipelines/relay_loop.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace pipelines {

// A track of the input, held at its first frame until it is known what becomes of it.
struct RelayTrack {
  gst::Pad input, pad;  // of its queue: sink, source
  gst::Caps caps;  // nullptr: nothing came in time
  bool hasTimes = true;  // of presentation
  bool hasDecodeTimes = true;
  int shown = 0;  // frames that came
  const GstElement* maker = nullptr;
  gulong hold = 0;  // the probe
  GstElement* pipeline = nullptr;  // outlives its pads

  // To a pad that takes media by now: one that does not yet ends the thread of the track, even
  // where its frames are held. nullptr: leaves the track out.
  void join(GstPad* way);
  void letGo();
  // What comes is thrown away. Where nothing was known of it, the application message kTrackLate
  // tells its `caps` when something comes after all.
  void leaveOut();
};

// Gathers the tracks of an input whose pads come one after the other, on any thread, and posts the
// application message kTracksKnown once: when the input has no more and each has shown its first
// frames, or when a queue is full.
class RelayTracks : public std::enable_shared_from_this<RelayTracks> {
 public:
  static constexpr const char* kTracksKnown = "relay-tracks";
  static constexpr const char* kTrackLate = "relay-track-late";
  struct Ends {
    std::string input, output;  // names of a queue's pads
  };

  // `pipeline` outlives its pads. How many frames are looked at tells whether all have times.
  // `loop` may be nullptr.
  RelayTracks(GstElement* pipeline, int framesWanted, std::shared_ptr<RelayLoop> loop)
      : pipeline_(pipeline), framesWanted_(framesWanted), loop_(std::move(loop)) {}

  // One more element that makes tracks, and that it has no more of them.
  void expectMore(const GstElement* maker);
  void haveNoMore(const GstElement* maker);
  // Before media comes. `known`: its caps, if its frames need not be waited for. `maker`: has no
  // more when media comes. What comes of a track that is added later is thrown away.
  void add(GstElement* queue, const Ends& ends, gst::Caps known = nullptr,
           const GstElement* maker = nullptr);
  void settle();  // with those that are there
  bool expectsMore();  // tracks that are not there yet

  // Pipeline thread, after the message.
  std::vector<RelayTrack> take();

 private:
  struct Probe;
  static GstPadProbeReturn look(GstPad* pad, GstPadProbeInfo* info, gpointer probe);
  bool learn(size_t index, const GstPadProbeInfo& info);
  void settleIfComplete();
  bool isComplete() const;

  GstElement* const pipeline_;
  const int framesWanted_;
  const std::shared_ptr<RelayLoop> loop_;
  std::mutex mutex_;  // guards what follows
  std::set<const GstElement*> makers_;  // that may have more
  bool settled_ = false;
  std::vector<RelayTrack> tracks_;
};

using RelayTracksRef = std::shared_ptr<RelayTracks>;

}  // namespace pipelines
