#include "gst/hubsink.hpp"

#include "gst/caps.hpp"
#include "gst/track_publisher.hpp"

#include <memory>
#include <string>

// The GObject around TrackPublisher.
namespace {

using gst::TrackPublisher;

struct HubSink {
  GstElement parent;
  // GObject knows neither constructors nor destructors: these are made in init, freed in finalize.
  TrackPublisher* publisher;
  std::string* path;
  guint pipeline;
};

struct HubSinkClass {
  GstElementClass parent;
};

enum Property { kPath = 1, kSync, kEndTime, kHubPipeline };

G_DEFINE_TYPE(HubSink, sluice_hub_sink, GST_TYPE_ELEMENT)

HubSink* hubSink(gpointer object) { return static_cast<HubSink*>(object); }
GstElementClass* parentClass() { return GST_ELEMENT_CLASS(sluice_hub_sink_parent_class); }

// The lane of a pad; its destroy notify frees this holder of a reference.
TrackPublisher::LaneRef laneOf(GstPad* pad) {
  return *static_cast<TrackPublisher::LaneRef*>(gst_pad_get_element_private(pad));
}

GstFlowReturn chain(GstPad* pad, GstObject* parent, GstBuffer* made) {
  const gst::Buffer buffer(made);
  return hubSink(parent)->publisher->chain(*laneOf(pad), buffer.get());
}

gboolean takeCaps(HubSink* sink, TrackPublisher::Lane& lane, GstEvent* event) {
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  const auto taken = sink->publisher->setCaps(lane, *caps);
  if (taken) return TRUE;
  const gst::String text(gst_caps_to_string(caps));
  GST_ELEMENT_ERROR(sink, STREAM, FORMAT,
                    ("hubsink %s: %s", sink->path->c_str(), taken.reason().text.c_str()),
                    ("%s", text.get()));
  return FALSE;
}

gboolean takeSegment(HubSink* sink, TrackPublisher::Lane& lane, GstEvent* event) {
  const GstSegment* segment = nullptr;
  gst_event_parse_segment(event, &segment);
  if (segment->format == GST_FORMAT_TIME) {
    sink->publisher->setSegment(lane, *segment);
    return TRUE;
  }
  GST_ELEMENT_ERROR(sink, STREAM, FORMAT,
                    ("hubsink needs media with times; a parser in front of it gives them"),
                    ("segment in format %s", gst_format_get_name(segment->format)));
  return FALSE;
}

void takeEnd(HubSink* sink, TrackPublisher::Lane& lane, GstEvent* event) {
  if (!sink->publisher->end(lane)) return;
  GstMessage* message = gst_message_new_eos(GST_OBJECT(sink));
  gst_message_set_seqnum(message, gst_event_get_seqnum(event));
  gst_element_post_message(GST_ELEMENT(sink), message);
}

gboolean takeEvent(GstPad* pad, GstObject* parent, GstEvent* made) {
  const gst::Event event(made);
  const auto lane = laneOf(pad);
  HubSink* sink = hubSink(parent);
  switch (GST_EVENT_TYPE(event.get())) {
    case GST_EVENT_CAPS:
      return takeCaps(sink, *lane, event.get());
    case GST_EVENT_SEGMENT:
      return takeSegment(sink, *lane, event.get());
    case GST_EVENT_FLUSH_START:
      sink->publisher->startFlush(*lane);
      break;
    case GST_EVENT_FLUSH_STOP:
      sink->publisher->stopFlush(*lane);
      break;
    case GST_EVENT_EOS:
      takeEnd(sink, *lane, event.get());
      break;
    default:
      break;
  }
  return TRUE;
}

GstPad* requestPad(GstElement* element, GstPadTemplate* padTemplate, const gchar* name,
                   const GstCaps*) {
  HubSink* sink = hubSink(element);
  // A name that was asked for may be taken; without one GStreamer would number all pads `sink0`.
  static constexpr int kMostPads = 100;
  const std::string pattern = GST_PAD_TEMPLATE_NAME_TEMPLATE(padTemplate);
  const std::string stem = pattern.substr(0, pattern.find('%'));
  std::string chosen = name ? name : "";
  for (int i = 0; chosen.empty() && i < kMostPads; ++i) {
    const std::string candidate = stem + std::to_string(i);
    if (!gst::adopt(gst_element_get_static_pad(element, candidate.c_str()))) chosen = candidate;
  }
  GstPad* pad = gst_pad_new_from_template(padTemplate, chosen.c_str());
  gst_pad_set_chain_function(pad, chain);
  gst_pad_set_event_function(pad, takeEvent);
  auto lane = std::make_unique<TrackPublisher::LaneRef>(sink->publisher->addLane(pad));
  gst_pad_set_element_private(pad, lane.release());  // now owned by the pad, until releasePad()
  gst_pad_set_active(pad, TRUE);
  if (gst_element_add_pad(element, pad)) return pad;
  return nullptr;
}

void releasePad(GstElement* element, GstPad* pad) {
  const gst::Pad held = gst::share(pad);
  gst_pad_set_active(pad, FALSE);
  std::unique_ptr<TrackPublisher::LaneRef> lane(
      static_cast<TrackPublisher::LaneRef*>(gst_pad_get_element_private(pad)));
  hubSink(element)->publisher->removeLane(*lane);
  gst_element_remove_pad(element, pad);
}

// Upstream events that the pipeline is given (seeks, ends of live sources) leave through every pad,
// as they would through as many sinks; demuxers know a seek that they have seen.
gboolean sendEvent(GstElement* element, GstEvent* made) {
  if (!GST_EVENT_IS_UPSTREAM(made)) return parentClass()->send_event(element, made);
  const gst::Event event(made);
  struct Sent {
    GstEvent* event;
    bool taken;
  } sent{event.get(), false};
  const GstElementForeachPadFunc push = [](GstElement*, GstPad* pad, gpointer data) -> gboolean {
    auto* it = static_cast<Sent*>(data);
    it->taken |= gst_pad_push_event(pad, gst_event_ref(it->event)) == TRUE;
    return TRUE;
  };
  gst_element_foreach_sink_pad(element, push, &sent);
  return sent.taken;
}

bool open(HubSink* sink) {
  if (sink->publisher->open(sink->pipeline, *sink->path)) return true;
  GST_ELEMENT_ERROR(sink, RESOURCE, NOT_FOUND,
                    ("No stream is open for hubsink path=%s", sink->path->c_str()), (nullptr));
  return false;
}

GstStateChangeReturn changeState(GstElement* element, GstStateChange transition) {
  HubSink* sink = hubSink(element);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !open(sink))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING) sink->publisher->setPlaying(true);
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED) sink->publisher->setPlaying(false);
  // Before the pads are deactivated, which waits for the threads that are in chain().
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) sink->publisher->interrupt();
  const GstStateChangeReturn changed = parentClass()->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) sink->publisher->close();
  return changed;
}

void setProperty(GObject* object, guint id, const GValue* value, GParamSpec*) {
  HubSink* sink = hubSink(object);
  switch (id) {
    case kPath: {
      const gchar* path = g_value_get_string(value);
      *sink->path = path ? path : "";
      break;
    }
    case kSync:
      sink->publisher->setSync(g_value_get_boolean(value));
      break;
    case kHubPipeline:
      sink->pipeline = g_value_get_uint(value);
      break;
    default:
      break;
  }
}

void getProperty(GObject* object, guint id, GValue* value, GParamSpec*) {
  HubSink* sink = hubSink(object);
  switch (id) {
    case kPath:
      g_value_set_string(value, sink->path->c_str());
      break;
    case kSync:
      g_value_set_boolean(value, sink->publisher->sync());
      break;
    case kEndTime:
      g_value_set_uint64(value, sink->publisher->endTime());
      break;
    case kHubPipeline:
      g_value_set_uint(value, sink->pipeline);
      break;
    default:
      break;
  }
}

void finalize(GObject* object) {
  HubSink* sink = hubSink(object);
  const std::unique_ptr<TrackPublisher> publisher(sink->publisher);
  const std::unique_ptr<std::string> path(sink->path);
  G_OBJECT_CLASS(sluice_hub_sink_parent_class)->finalize(object);
}

// Pads that nobody released are still there when the element goes; their lanes hold references.
void dispose(GObject* object) {
  GstElement* element = GST_ELEMENT(object);
  while (element->pads) releasePad(element, GST_PAD(element->pads->data));
  G_OBJECT_CLASS(sluice_hub_sink_parent_class)->dispose(object);
}

void sluice_hub_sink_init(HubSink* sink) {
  sink->publisher = std::make_unique<TrackPublisher>(GST_ELEMENT(sink)).release();
  sink->path = std::make_unique<std::string>().release();
  GST_OBJECT_FLAG_SET(sink, GST_ELEMENT_FLAG_SINK);
}

void addTemplate(GstElementClass* elementClass, const char* name, const char* text) {
  const gst::Caps caps(gst_caps_from_string(text));
  gst_element_class_add_pad_template(
      elementClass, gst_pad_template_new(name, GST_PAD_SINK, GST_PAD_REQUEST, caps.get()));
}

void installProperties(GObjectClass* objectClass) {
  const auto flags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  const auto readable = static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property(
      objectClass, kPath, g_param_spec_string("path", "Path", "Path to publish to", "", flags));
  g_object_class_install_property(
      objectClass, kSync,
      g_param_spec_boolean("sync", "Sync", "Pass media on at its time", TRUE, flags));
  g_object_class_install_property(
      objectClass, kEndTime,
      g_param_spec_uint64("end-time", "End time", "Running time at the end of what was published",
                          0, G_MAXUINT64, 0, readable));
  g_object_class_install_property(
      objectClass, kHubPipeline,
      g_param_spec_uint("hub-pipeline", "Pipeline", "Set by the server", 0, G_MAXUINT, 0, flags));
}

void sluice_hub_sink_class_init(HubSinkClass* hubSinkClass) {
  GObjectClass* objectClass = G_OBJECT_CLASS(hubSinkClass);
  objectClass->set_property = setProperty;
  objectClass->get_property = getProperty;
  objectClass->dispose = dispose;
  objectClass->finalize = finalize;
  installProperties(objectClass);
  GstElementClass* elementClass = GST_ELEMENT_CLASS(hubSinkClass);
  elementClass->request_new_pad = requestPad;
  elementClass->release_pad = releasePad;
  elementClass->change_state = changeState;
  elementClass->send_event = sendEvent;
  addTemplate(elementClass, "video_%u", gst::kVideoCaps);
  addTemplate(elementClass, "audio_%u", gst::kAudioCaps);
  gst_element_class_set_static_metadata(elementClass, "Hub sink", "Sink/Network",
                                        "Publishes encoded media into a stream of the server",
                                        "Sluice");
}

}  // namespace

namespace gst {

GType hubSinkType() { return sluice_hub_sink_get_type(); }

}  // namespace gst
