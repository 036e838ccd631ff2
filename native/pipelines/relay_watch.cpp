#include "pipelines/relay_watch.hpp"

#include <utility>

namespace pipelines {

void RelayWatch::watch(GstElement* sink) {
  if (!sink) return;
  {
    std::lock_guard lock(mutex_);
    sink_ = false;
  }
  const gst::Pad pad = gst::adopt(gst_element_get_static_pad(sink, "sink"));
  auto self = std::make_unique<std::shared_ptr<RelayWatch>>(shared_from_this());
  const GDestroyNotify drop = [](gpointer data) {
    std::unique_ptr<std::shared_ptr<RelayWatch>> owned(
        static_cast<std::shared_ptr<RelayWatch>*>(data));
  };
  const auto types =
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST |
                                   GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM);
  gst_pad_add_probe(pad.get(), types, look, self.release(), drop);  // now owned by the pad
}

// A second buffer comes when the first one has been dealt with; headers may wait for it.
GstPadProbeReturn RelayWatch::look(GstPad*, GstPadProbeInfo* info, gpointer data) {
  const auto& watch = *static_cast<std::shared_ptr<RelayWatch>*>(data);
  const bool event = (info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) != 0;
  const bool list = (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) != 0;
  if (event && GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) != GST_EVENT_EOS)
    return GST_PAD_PROBE_OK;
  const GstBuffer* buffer = event  ? nullptr
                            : list ? gst_buffer_list_get(GST_PAD_PROBE_INFO_BUFFER_LIST(info), 0)
                                   : GST_PAD_PROBE_INFO_BUFFER(info);
  return watch->sees(buffer) ? GST_PAD_PROBE_REMOVE : GST_PAD_PROBE_OK;
}

bool RelayWatch::sees(const GstBuffer* buffer) {
  {
    std::lock_guard lock(mutex_);
    if (buffer && GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_HEADER)) return false;
    if (buffer && ++buffers_ < 2) return false;
    sink_ = true;
  }
  post(kFlows);
  return true;
}

void RelayWatch::pace(GstElement* clocksync) {
  std::lock_guard lock(mutex_);
  paced_.push_back(clocksync);
}

void RelayWatch::gateStops() {
  std::lock_guard lock(mutex_);
  gate_ = false;
}

void RelayWatch::rest() {
  std::lock_guard lock(mutex_);
  gate_ = false;
  if (started_ && !GST_CLOCK_TIME_IS_VALID(restingSince_))
    restingSince_ = gst_element_get_current_running_time(pipeline_);
}

void RelayWatch::goOn() {
  std::lock_guard lock(mutex_);
  const GstClockTime since = std::exchange(restingSince_, GST_CLOCK_TIME_NONE);
  const GstClockTime now = gst_element_get_current_running_time(pipeline_);
  if (GST_CLOCK_TIME_IS_VALID(since) && GST_CLOCK_TIME_IS_VALID(now))
    delay(GST_CLOCK_DIFF(since, now));
}

void RelayWatch::delay(GstClockTimeDiff by) {
  delay_ += by;
  for (GstElement* clocksync : paced_) g_object_set(clocksync, "ts-offset", delay_, nullptr);
}

bool RelayWatch::flows() {
  std::lock_guard lock(mutex_);
  return gate_ && sink_;
}

// Input that came late would be sent in a hurry to make up for it.
void RelayWatch::gateFlows() {
  {
    std::lock_guard lock(mutex_);
    gate_ = true;
    const GstClockTime now = gst_element_get_current_running_time(pipeline_);
    if (!std::exchange(started_, true) && GST_CLOCK_TIME_IS_VALID(now))
      delay(static_cast<GstClockTimeDiff>(now));
  }
  post(kFlows);
}

void RelayWatch::post(const char* what) const {
  gst_element_post_message(
      pipeline_, gst_message_new_application(GST_OBJECT(pipeline_), gst_structure_new_empty(what)));
}

}  // namespace pipelines
