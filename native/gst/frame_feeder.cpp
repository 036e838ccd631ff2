#include "gst/frame_feeder.hpp"

#include "gst/caps.hpp"
#include "gst/frame_buffer.hpp"
#include "gst/lost_frames.hpp"

#include <algorithm>
#include <utility>

namespace gst {

using core::Micros;

namespace {

const char* stemOf(core::Kind kind) { return kind == core::Kind::video ? "video_" : "audio_"; }

// Everybody downstream has to know how far behind a live source its media may be.
gboolean answerQuery(GstPad* pad, GstObject* parent, GstQuery* query) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY) return gst_pad_query_default(pad, parent, query);
  gst_query_set_latency(query, TRUE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

}  // namespace

void FrameFeeder::open(std::shared_ptr<io::Subscription> subscription) {
  subscription_ = std::move(subscription);
  combiner_.reset(gst_flow_combiner_new());
  group_ = gst_util_group_id_next();
}

void FrameFeeder::close() {
  byTrack_.clear();
  for (const auto& lane : lanes_) {
    gst_flow_combiner_remove_pad(combiner_.get(), lane->pad.get());
    gst_element_remove_pad(element_, lane->pad.get());
  }
  lanes_.clear();
  combiner_.reset();
  origin_.reset();
  subscription_.reset();
}

void FrameFeeder::interrupt() {
  if (subscription_) subscription_->interrupt();
}

void FrameFeeder::resume() {
  origin_.reset();
  for (const auto& lane : lanes_) lane->needsSegment = true;
  if (subscription_) subscription_->resume();
}

bool FrameFeeder::step() {
  io::Subscription::Item item;
  if (!subscription_->next(item)) return false;
  if (item.epoch) takeEpoch(*item.epoch);
  if (item.frame) return takeFrame(item.frame, item.lost);
  if (item.ended) takeEnd(item.reason);
  return !item.ended;
}

void FrameFeeder::takeEpoch(const core::Epoch& epoch) {
  const bool first = lanes_.empty();
  std::vector<size_t> used;
  byTrack_.clear();
  for (const core::Track& track : epoch.tracks) takeTrack(track, used);
  removeUnused(used);
  if (first) gst_element_no_more_pads(element_);
}

void FrameFeeder::takeTrack(const core::Track& track, std::vector<size_t>& used) {
  const Caps caps = capsOf(track);
  byTrack_.push_back(nullptr);
  if (!caps) return;
  const size_t index = findLane(track.kind, used);
  used.push_back(index);
  Lane& lane = *lanes_[index];
  byTrack_.back() = &lane;
  lane.track = track;
  gst_pad_push_event(lane.pad.get(), gst_event_new_caps(caps.get()));
  if (std::exchange(lane.announced, true)) return;
  gst_element_add_pad(element_, lane.pad.get());
}

// The first lane of this kind that no track of the epoch has yet, or a new one.
size_t FrameFeeder::findLane(core::Kind kind, const std::vector<size_t>& used) {
  for (size_t i = 0; i < lanes_.size(); ++i)
    if (lanes_[i]->kind == kind && !std::ranges::count(used, i)) return i;
  lanes_.push_back(std::make_unique<Lane>(makeLane(kind)));
  return lanes_.size() - 1;
}

FrameFeeder::Lane FrameFeeder::makeLane(core::Kind kind) {
  const auto number = std::ranges::count(lanes_, kind, [](const auto& lane) { return lane->kind; });
  const std::string name = stemOf(kind) + std::to_string(number);
  GstPadTemplate* padTemplate =
      gst_element_get_pad_template(element_, (std::string(stemOf(kind)) + "%u").c_str());
  Pad pad = sink(gst_pad_new_from_template(padTemplate, name.c_str()));
  gst_pad_set_query_function(pad.get(), answerQuery);
  gst_pad_set_active(pad.get(), TRUE);
  gst_flow_combiner_add_pad(combiner_.get(), pad.get());
  const String id(gst_pad_create_stream_id(pad.get(), element_, name.c_str()));
  GstEvent* start = gst_event_new_stream_start(id.get());
  gst_event_set_group_id(start, group_);
  gst_pad_push_event(pad.get(), start);
  return {std::move(pad), kind};
}

// A track that the new epoch has no more.
void FrameFeeder::removeUnused(const std::vector<size_t>& used) {
  for (size_t i = lanes_.size(); i-- > 0;) {
    if (std::ranges::count(used, i)) continue;
    GstPad* pad = lanes_[i]->pad.get();
    gst_pad_push_event(pad, gst_event_new_eos());
    gst_flow_combiner_remove_pad(combiner_.get(), pad);
    gst_element_remove_pad(element_, pad);
    lanes_.erase(lanes_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

bool FrameFeeder::takeFrame(const core::FrameRef& frame, uint64_t lost) {
  Lane* lane = frame->track < byTrack_.size() ? byTrack_[frame->track] : nullptr;
  if (!lane) return true;
  if (std::exchange(lane->needsSegment, false)) pushSegment(*lane, *frame);
  if (lost > 0) gst_pad_push_event(lane->pad.get(), makeLost(lost));
  return accept(*lane, gst_pad_push(lane->pad.get(), bufferOf(lane->track, frame).release()));
}

// Times stay the stream's own; the segment says when they are.
void FrameFeeder::pushSegment(Lane& lane, const core::Frame& frame) {
  if (!origin_) origin_ = Origin{frame.dts, runningTimeNow()};
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = segment.time = segment.position = toClockTime(origin_->media);
  segment.base = origin_->running;
  gst_pad_push_event(lane.pad.get(), gst_event_new_segment(&segment));
}

bool FrameFeeder::accept(Lane& lane, GstFlowReturn flow) {
  const GstFlowReturn all =
      gst_flow_combiner_update_pad_flow(combiner_.get(), lane.pad.get(), flow);
  if (all == GST_FLOW_OK) return true;
  if (all == GST_FLOW_FLUSHING) return false;
  if (all != GST_FLOW_EOS)
    GST_ELEMENT_ERROR(element_, STREAM, FAILED, ("Internal data stream error."),
                      ("streaming stopped, reason %s", gst_flow_get_name(all)));
  pushEnd();
  return false;
}

void FrameFeeder::takeEnd(const std::string& reason) {
  if (!reason.empty())
    GST_ELEMENT_ERROR(element_, RESOURCE, NOT_FOUND, ("%s", reason.c_str()), (nullptr));
  else if (lanes_.empty())
    GST_ELEMENT_ERROR(element_, RESOURCE, NOT_FOUND, ("The stream ended before it had any media"),
                      (nullptr));
  pushEnd();
}

void FrameFeeder::pushEnd() {
  for (const auto& lane : lanes_) gst_pad_push_event(lane->pad.get(), gst_event_new_eos());
}

GstClockTime FrameFeeder::runningTimeNow() const {
  const GstClockTime now = gst_element_get_current_running_time(element_);
  return GST_CLOCK_TIME_IS_VALID(now) ? now : 0;
}

}  // namespace gst
