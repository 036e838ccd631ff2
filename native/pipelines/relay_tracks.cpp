#include "pipelines/relay_tracks.hpp"

#include <algorithm>
#include <utility>

namespace pipelines {

namespace {

constexpr auto kBuffers =
    static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST);
constexpr auto kAll = static_cast<GstPadProbeType>(kBuffers | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM);
constexpr auto kHeld = static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BLOCK | kAll);

// What is thrown away is told of once, if at all.
struct LeftOut {
  GstElement* pipeline;
  bool untold;
};

void post(GstElement* pipeline, GstStructure* structure) {
  gst_element_post_message(pipeline, gst_message_new_application(GST_OBJECT(pipeline), structure));
}

// One thread pushes through a pad.
GstPadProbeReturn throwAway(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  auto* left = static_cast<LeftOut*>(data);
  const gst::Caps caps(gst_pad_get_current_caps(pad));
  if ((info->type & kBuffers) != 0 && caps && std::exchange(left->untold, false))
    post(left->pipeline,
         gst_structure_new(RelayTracks::kTrackLate, "caps", GST_TYPE_CAPS, caps.get(), nullptr));
  return GST_PAD_PROBE_DROP;
}

bool isEvent(const GstPadProbeInfo& info) {
  return (info.type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) != 0;
}

bool isEnd(const GstPadProbeInfo& info) {
  return isEvent(info) && GST_EVENT_TYPE(GST_EVENT(info.data)) == GST_EVENT_EOS;
}

// Events pass on and stay with the pad; the first frame waits, and so does an end without one.
GstPadProbeReturn holdFrames(GstPad*, GstPadProbeInfo* info, gpointer) {
  return isEvent(*info) && !isEnd(*info) ? GST_PAD_PROBE_PASS : GST_PAD_PROBE_OK;
}

void takeTimes(RelayTrack& track, const GstBuffer* buffer) {
  track.hasTimes = track.hasTimes && GST_BUFFER_PTS_IS_VALID(buffer);
  track.hasDecodeTimes = GST_BUFFER_DTS_IS_VALID(buffer);
}

}  // namespace

struct RelayTracks::Probe {
  std::shared_ptr<RelayTracks> tracks;
  size_t index;
};

void RelayTrack::letGo() {
  if (hold != 0) gst_pad_remove_probe(pad.get(), std::exchange(hold, 0));
}

// Caps come with the first frame. Where none ever comes, muxers must know all the same what it is
// that ends, lest what they write has a track that is nothing.
void RelayTrack::join(GstPad* way) {
  if (!way) return leaveOut();
  gst_pad_link(pad.get(), way);
  if (!caps || gst::Caps(gst_pad_get_current_caps(pad.get()))) return;
  gst_pad_send_event(way, gst_event_new_stream_start(GST_PAD_NAME(pad.get())));
  gst_pad_send_event(way, gst_event_new_caps(caps.get()));
}

void RelayTrack::leaveOut() {
  auto left = std::make_unique<LeftOut>(LeftOut{pipeline, !caps});
  const GDestroyNotify drop = [](gpointer data) {
    std::unique_ptr<LeftOut> owned(static_cast<LeftOut*>(data));
  };
  gst_pad_add_probe(pad.get(), kAll, throwAway, left.release(), drop);  // now owned by the pad
  letGo();
}

void RelayTracks::expectMore(const GstElement* maker) {
  std::lock_guard lock(mutex_);
  makers_.insert(maker);
}

void RelayTracks::haveNoMore(const GstElement* maker) {
  {
    std::lock_guard lock(mutex_);
    makers_.erase(maker);
  }
  settleIfComplete();
}

void RelayTracks::add(GstElement* queue, const Ends& ends, gst::Caps known,
                      const GstElement* maker) {
  std::lock_guard lock(mutex_);
  RelayTrack track;
  track.pipeline = pipeline_;
  track.input = gst::adopt(gst_element_get_static_pad(queue, ends.input.c_str()));
  track.pad = gst::adopt(gst_element_get_static_pad(queue, ends.output.c_str()));
  // Nothing can be led to an output that is made by now.
  if (settled_) return track.leaveOut();
  track.caps = std::move(known);
  track.maker = maker;
  track.hold = gst_pad_add_probe(track.pad.get(), kHeld, holdFrames, nullptr, nullptr);
  auto probe = std::make_unique<Probe>(Probe{shared_from_this(), tracks_.size()});
  const GDestroyNotify drop = [](gpointer data) {
    std::unique_ptr<Probe> owned(static_cast<Probe*>(data));
  };
  gst_pad_add_probe(track.input.get(), kAll, look, probe.release(), drop);  // now owned by the pad
  if (loop_) loop_->add(track.input.get());
  tracks_.push_back(std::move(track));
}

GstPadProbeReturn RelayTracks::look(GstPad*, GstPadProbeInfo* info, gpointer data) {
  const auto* probe = static_cast<Probe*>(data);
  if (isEvent(*info) && !isEnd(*info)) return GST_PAD_PROBE_OK;
  return probe->tracks->learn(probe->index, *info) ? GST_PAD_PROBE_REMOVE : GST_PAD_PROBE_OK;
}

// True: enough is known.
bool RelayTracks::learn(size_t index, const GstPadProbeInfo& info) {
  {
    std::lock_guard lock(mutex_);
    if (settled_) return true;
    RelayTrack& track = tracks_[index];
    if ((info.type & GST_PAD_PROBE_TYPE_BUFFER) != 0) takeTimes(track, GST_BUFFER(info.data));
    makers_.erase(track.maker);
    track.shown = isEvent(info) ? framesWanted_ : track.shown + 1;
    if (track.shown < framesWanted_) return false;
  }
  settleIfComplete();
  return true;
}

bool RelayTracks::isComplete() const {
  return makers_.empty() && !tracks_.empty() &&
         std::ranges::all_of(tracks_, [this](const RelayTrack& track) {
           return track.caps || track.shown >= framesWanted_;
         });
}

void RelayTracks::settleIfComplete() {
  {
    std::lock_guard lock(mutex_);
    if (!isComplete()) return;
  }
  settle();
}

void RelayTracks::settle() {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(settled_, true)) return;
  }
  post(pipeline_, gst_structure_new_empty(kTracksKnown));
}

bool RelayTracks::expectsMore() {
  std::lock_guard lock(mutex_);
  return !settled_ && !makers_.empty();
}

std::vector<RelayTrack> RelayTracks::take() {
  std::lock_guard lock(mutex_);
  for (RelayTrack& track : tracks_)
    if (!track.caps) track.caps.reset(gst_pad_get_current_caps(track.input.get()));
  return std::exchange(tracks_, {});
}

}  // namespace pipelines
