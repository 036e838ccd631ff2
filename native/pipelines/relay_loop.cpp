#include "pipelines/relay_loop.hpp"

#include <algorithm>
#include <utility>

namespace pipelines {

namespace {

// Below 0: before the segment begins.
std::optional<GstClockTimeDiff> runningTime(const GstSegment& segment, GstClockTime time) {
  if (!GST_CLOCK_TIME_IS_VALID(time)) return std::nullopt;
  guint64 running = 0;
  const int sign = gst_segment_to_running_time_full(&segment, GST_FORMAT_TIME, time, &running);
  if (sign == 0) return std::nullopt;
  return sign * static_cast<GstClockTimeDiff>(running);
}

}  // namespace

struct RelayLoop::Probe {
  std::shared_ptr<RelayLoop> loop;
  size_t index;
};

void RelayLoop::add(GstPad* pad) {
  std::lock_guard lock(mutex_);
  auto probe = std::make_unique<Probe>(Probe{shared_from_this(), lanes_.size()});
  Lane lane;
  lane.pad = pad;
  gst_segment_init(&lane.segment, GST_FORMAT_TIME);
  lanes_.push_back(lane);
  const auto types =
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM |
                                   GST_PAD_PROBE_TYPE_EVENT_FLUSH);
  const GDestroyNotify drop = [](gpointer data) {
    std::unique_ptr<Probe> owned(static_cast<Probe*>(data));
  };
  gst_pad_add_probe(pad, types, look, probe.release(), drop);  // now owned by the pad
}

GstPadProbeReturn RelayLoop::look(GstPad*, GstPadProbeInfo* info, gpointer data) {
  const auto* probe = static_cast<Probe*>(data);
  if ((info->type & GST_PAD_PROBE_TYPE_BUFFER) == 0)
    return probe->loop->takeEvent(probe->index, *info);
  return probe->loop->takeFrame(probe->index, GST_PAD_PROBE_INFO_BUFFER(info));
}

GstPadProbeReturn RelayLoop::takeEvent(size_t index, GstPadProbeInfo& info) {
  std::lock_guard lock(mutex_);
  Lane& lane = lanes_[index];
  switch (GST_EVENT_TYPE(GST_EVENT(info.data))) {
    case GST_EVENT_SEGMENT:
      info.data = moved(lane, gst::Event(GST_EVENT(info.data)));
      return GST_PAD_PROBE_OK;
    case GST_EVENT_FLUSH_START:
      return goingBack_ ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
    case GST_EVENT_FLUSH_STOP:
      lane.ended = false;
      lane.last.reset();
      begin_.reset();
      end_ = 0;
      return goingBack_ ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
    case GST_EVENT_EOS:
      lane.ended = true;
      if (std::ranges::all_of(lanes_, &Lane::ended)) post();
      return GST_PAD_PROBE_DROP;
    default:
      return GST_PAD_PROBE_OK;
  }
}

// Behind the round before.
GstEvent* RelayLoop::moved(Lane& lane, const gst::Event& event) const {
  gst_event_copy_segment(event.get(), &lane.segment);
  lane.segment.base += offset_;
  GstEvent* later = gst_event_new_segment(&lane.segment);
  gst_event_set_seqnum(later, gst_event_get_seqnum(event.get()));
  return later;
}

GstPadProbeReturn RelayLoop::takeFrame(size_t index, GstBuffer* buffer) {
  std::lock_guard lock(mutex_);
  Lane& lane = lanes_[index];
  if (isLeadIn(lane, buffer)) return GST_PAD_PROBE_DROP;
  account(lane, buffer);
  return GST_PAD_PROBE_OK;
}

// What a decoder of audio needs to begin, and what is at the time of the last round's end. Of the
// first round it stays: nothing is before it.
bool RelayLoop::isLeadIn(const Lane& lane, const GstBuffer* buffer) const {
  if (offset_ == 0 || !GST_BUFFER_PTS_IS_VALID(buffer)) return false;
  return GST_BUFFER_PTS(buffer) < lane.segment.start && isAudio(lane);
}

bool RelayLoop::isAudio(const Lane& lane) {
  const gst::Caps caps(gst_pad_get_current_caps(lane.pad));
  return caps &&
         g_str_has_prefix(gst_structure_get_name(gst_caps_get_structure(caps.get(), 0)), "audio/");
}

void RelayLoop::account(Lane& lane, GstBuffer* buffer) {
  const auto now = runningTime(lane.segment, GST_BUFFER_DTS_OR_PTS(buffer));
  if (!now) return;
  if (lane.last && *now > *lane.last) lane.spacing = *now - *lane.last;
  lane.last = now;
  const GstClockTimeDiff begins = runningTime(lane.segment, GST_BUFFER_PTS(buffer)).value_or(*now);
  const bool says = GST_BUFFER_DURATION_IS_VALID(buffer) && GST_BUFFER_DURATION(buffer) > 0;
  const auto duration =
      says ? static_cast<GstClockTimeDiff>(GST_BUFFER_DURATION(buffer)) : lane.spacing;
  if (begins >= 0 || !isAudio(lane)) begin_ = std::min(begin_.value_or(begins), begins);
  end_ = std::max(end_, begins + duration);
}

void RelayLoop::post() const {
  gst_element_post_message(
      pipeline_,
      gst_message_new_application(GST_OBJECT(pipeline_), gst_structure_new_empty(kRoundOver)));
}

bool RelayLoop::isOver() {
  std::lock_guard lock(mutex_);
  return std::ranges::all_of(lanes_, &Lane::ended);
}

bool RelayLoop::goBack(const std::function<bool()>& seek) {
  {
    std::lock_guard lock(mutex_);
    if (!begin_ || end_ <= *begin_) return false;  // a round without a frame, and so would be all
    offset_ += static_cast<GstClockTime>(end_ - *begin_);
    begin_.reset();
    end_ = 0;
    for (Lane& lane : lanes_) lane.ended = false;
    goingBack_ = true;
  }
  const bool gone = seek();
  std::lock_guard lock(mutex_);
  goingBack_ = false;
  return gone;
}

}  // namespace pipelines
