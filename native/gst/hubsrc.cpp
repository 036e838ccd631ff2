#include "gst/hubsrc.hpp"

#include "gst/caps.hpp"
#include "gst/elements.hpp"
#include "gst/frame_feeder.hpp"
#include "io/hub.hpp"

#include <memory>
#include <string>

// The GObject around FrameFeeder, and its streaming thread.
namespace {

using gst::FrameFeeder;

struct HubSrc {
  GstElement parent;
  // GObject knows neither constructors nor destructors: these are made in init, freed in finalize.
  FrameFeeder* feeder;
  std::string* path;
  GRecMutex* streaming;  // held by the task while it works
  GstTask* task;
  gboolean stopping;  // under the object lock
  guint pipeline;
};

struct HubSrcClass {
  GstElementClass parent;
};

enum Property { kPath = 1, kHubPipeline };

G_DEFINE_TYPE(HubSrc, sluice_hub_src, GST_TYPE_ELEMENT)

HubSrc* hubSrc(gpointer object) { return static_cast<HubSrc*>(object); }
GstElementClass* parentClass() { return GST_ELEMENT_CLASS(sluice_hub_src_parent_class); }

// A task that is told to pause after it was told to stop waits for good, and so does who joins it:
// the two are told apart under the object lock.
void rest(HubSrc* src) {
  GST_OBJECT_LOCK(src);
  if (!src->stopping) gst_task_pause(src->task);
  GST_OBJECT_UNLOCK(src);
}

void stop(HubSrc* src) {
  src->feeder->interrupt();
  GST_OBJECT_LOCK(src);
  src->stopping = TRUE;
  gst_task_stop(src->task);
  GST_OBJECT_UNLOCK(src);
}

void stream(gpointer data) {
  HubSrc* src = hubSrc(data);
  if (!src->feeder->step()) rest(src);
}

// Waits until the task has left stream().
void awaitIdle(HubSrc* src) {
  g_rec_mutex_lock(src->streaming);
  g_rec_mutex_unlock(src->streaming);
}

void openFeeder(HubSrc* src) {
  src->feeder->open(
      io::Hub::instance().want(src->pipeline, *src->path, gst::feedsOf(GST_ELEMENT(src))));
}

void play(HubSrc* src) {
  src->feeder->resume();
  gst_task_start(src->task);
}

// Downstream may hold the task in a push: what waits there is woken by its own change of state,
// which came before this one, or by the deactivation of the pads.
void pause(HubSrc* src) {
  src->feeder->interrupt();
  rest(src);
}

GstStateChangeReturn changeState(GstElement* element, GstStateChange transition) {
  HubSrc* src = hubSrc(element);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) openFeeder(src);
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED) pause(src);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) stop(src);
  GstStateChangeReturn changed = parentClass()->change_state(element, transition);
  if (changed == GST_STATE_CHANGE_FAILURE) return changed;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING) {
    awaitIdle(src);
    play(src);
  }
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    gst_task_join(src->task);
    src->stopping = FALSE;
    src->feeder->close();
  }
  // A live source has nothing to give in PAUSED.
  const bool paused = transition == GST_STATE_CHANGE_READY_TO_PAUSED ||
                      transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED;
  return paused ? GST_STATE_CHANGE_NO_PREROLL : changed;
}

void setProperty(GObject* object, guint id, const GValue* value, GParamSpec*) {
  HubSrc* src = hubSrc(object);
  if (id == kHubPipeline) src->pipeline = g_value_get_uint(value);
  if (id != kPath) return;
  const gchar* path = g_value_get_string(value);
  *src->path = path ? path : "";
}

void getProperty(GObject* object, guint id, GValue* value, GParamSpec*) {
  HubSrc* src = hubSrc(object);
  if (id == kHubPipeline) g_value_set_uint(value, src->pipeline);
  if (id == kPath) g_value_set_string(value, src->path->c_str());
}

void finalize(GObject* object) {
  HubSrc* src = hubSrc(object);
  gst_object_unref(src->task);
  g_rec_mutex_clear(src->streaming);
  const std::unique_ptr<GRecMutex> streaming(src->streaming);
  const std::unique_ptr<FrameFeeder> feeder(src->feeder);
  const std::unique_ptr<std::string> path(src->path);
  G_OBJECT_CLASS(sluice_hub_src_parent_class)->finalize(object);
}

void sluice_hub_src_init(HubSrc* src) {
  src->feeder = std::make_unique<FrameFeeder>(GST_ELEMENT(src)).release();
  src->path = std::make_unique<std::string>().release();
  src->streaming = std::make_unique<GRecMutex>().release();
  g_rec_mutex_init(src->streaming);
  src->task = gst_task_new(stream, src, nullptr);
  gst_task_set_lock(src->task, src->streaming);
  GST_OBJECT_FLAG_SET(src, GST_ELEMENT_FLAG_SOURCE);
}

void addTemplate(GstElementClass* elementClass, const char* name, const char* text) {
  const gst::Caps caps(gst_caps_from_string(text));
  gst_element_class_add_pad_template(
      elementClass, gst_pad_template_new(name, GST_PAD_SRC, GST_PAD_SOMETIMES, caps.get()));
}

void sluice_hub_src_class_init(HubSrcClass* hubSrcClass) {
  GObjectClass* objectClass = G_OBJECT_CLASS(hubSrcClass);
  objectClass->set_property = setProperty;
  objectClass->get_property = getProperty;
  objectClass->finalize = finalize;
  const auto flags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property(objectClass, kPath,
                                  g_param_spec_string("path", "Path", "Path to read", "", flags));
  g_object_class_install_property(
      objectClass, kHubPipeline,
      g_param_spec_uint("hub-pipeline", "Pipeline", "Set by the server", 0, G_MAXUINT, 0, flags));
  GstElementClass* elementClass = GST_ELEMENT_CLASS(hubSrcClass);
  elementClass->change_state = changeState;
  addTemplate(elementClass, "video_%u",
              "video/x-h264, stream-format=avc, alignment=au; "
              "video/x-h265, stream-format=hvc1, alignment=au; video/x-vp8; video/x-vp9");
  addTemplate(elementClass, "audio_%u",
              "audio/mpeg, mpegversion=4, stream-format=raw; audio/mpeg, mpegversion=1; "
              "audio/x-opus; audio/x-ac3; audio/x-mulaw; audio/x-alaw; audio/x-flac; audio/G722; "
              "audio/x-adpcm, layout=g726; audio/x-raw, layout=interleaved");
  gst_element_class_set_static_metadata(elementClass, "Hub source", "Source/Network",
                                        "Reads a stream of the server", "Sluice");
}

}  // namespace

namespace gst {

GType hubSrcType() { return sluice_hub_src_get_type(); }

}  // namespace gst
