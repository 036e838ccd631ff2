#include "pipelines/relay_loop.hpp"

#include <algorithm>
#include <utility>

namespace pipelines {

struct RelayLoop::Probe {
  std::shared_ptr<RelayLoop> loop;
  size_t index;
};

void RelayLoop::add(GstPad* pad) {
  std::lock_guard lock(mutex_);
  auto probe = std::make_unique<Probe>(Probe{shared_from_this(), lanes_.size()});
  Lane lane;
  lane.pad = gst::share(pad);
  // The segment has passed already, it stays with the pad.
  const gst::Event segment(gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0));
  gst_segment_init(&lane.segment, GST_FORMAT_TIME);
  if (segment) gst_event_copy_segment(segment.get(), &lane.segment);
  lanes_.push_back(std::move(lane));
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
    return probe->loop->takeEvent(probe->index, GST_PAD_PROBE_INFO_EVENT(info));
  probe->loop->account(probe->index, GST_PAD_PROBE_INFO_BUFFER(info));
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn RelayLoop::takeEvent(size_t index, GstEvent* event) {
  std::lock_guard lock(mutex_);
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment(event, &lanes_[index].segment);
      return GST_PAD_PROBE_OK;
    case GST_EVENT_FLUSH_START:
    case GST_EVENT_FLUSH_STOP:
      return GST_PAD_PROBE_DROP;
    case GST_EVENT_EOS: {
      lanes_[index].ended = true;
      if (std::ranges::all_of(lanes_, &Lane::ended))
        gst_element_post_message(pipeline_,
                                 gst_message_new_application(GST_OBJECT(pipeline_),
                                                             gst_structure_new_empty(kRoundOver)));
      return GST_PAD_PROBE_DROP;
    }
    default:
      return GST_PAD_PROBE_OK;
  }
}

void RelayLoop::account(size_t index, const GstBuffer* buffer) {
  std::lock_guard lock(mutex_);
  const GstClockTime begins =
      GST_BUFFER_PTS_IS_VALID(buffer) ? GST_BUFFER_PTS(buffer) : GST_BUFFER_DTS(buffer);
  const GstClockTime running =
      gst_segment_to_running_time(&lanes_[index].segment, GST_FORMAT_TIME, begins);
  if (!GST_CLOCK_TIME_IS_VALID(running)) return;
  const GstClockTime lasts = GST_BUFFER_DURATION_IS_VALID(buffer) ? GST_BUFFER_DURATION(buffer) : 0;
  round_ = std::max(round_, running + lasts);
}

void RelayLoop::shift() {
  std::lock_guard lock(mutex_);
  offset_ += static_cast<gint64>(std::exchange(round_, 0));
  for (Lane& lane : lanes_) {
    lane.ended = false;
    gst_pad_set_offset(lane.pad.get(), offset_);
  }
}

}  // namespace pipelines
