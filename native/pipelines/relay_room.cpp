#include "pipelines/relay_room.hpp"

#include <algorithm>

namespace pipelines {

namespace {

constexpr guint64 kTime = 3 * GST_SECOND;
constexpr guint kBytes = 32 * 1024 * 1024;

// Behind the queue, pictures may wait for those that are shown before them: 16 by H.264.
constexpr guint kReorderedFrames = 20;

struct Level {
  guint64 time = 0;
  guint buffers = 0, bytes = 0;
};

Level levelOf(GstPad* output) {
  Level level;
  g_object_get(output, "current-level-time", &level.time, "current-level-buffers", &level.buffers,
               "current-level-bytes", &level.bytes, nullptr);
  return level;
}

bool isSparse(GstPad* pad) {
  const gst::Event start(gst_pad_get_sticky_event(pad, GST_EVENT_STREAM_START, 0));
  GstStreamFlags flags = GST_STREAM_FLAG_NONE;
  if (start) gst_event_parse_stream_flags(start.get(), &flags);
  return (flags & GST_STREAM_FLAG_SPARSE) != 0;
}

// Tracks that are held until it is known what becomes of them, and those that lead somewhere.
bool isWanted(GstPad* output) {
  return (gst_pad_is_blocked(output) || gst_pad_is_linked(output)) && !GST_PAD_IS_EOS(output) &&
         !isSparse(output);
}

// Of the outputs.
template <typename Is>
bool anyOf(GstElement* multiqueue, Is is) {
  struct Look {
    Is is;
    bool found;
  } look{is, false};
  const GstElementForeachPadFunc ask = [](GstElement*, GstPad* pad, gpointer data) -> gboolean {
    auto* it = static_cast<Look*>(data);
    it->found = it->found || it->is(pad);
    return TRUE;
  };
  gst_element_foreach_src_pad(multiqueue, ask, &look);
  return look.found;
}

}  // namespace

void giveRoom(GstElement* queue) {
  g_object_set(queue, "max-size-buffers", 0, "max-size-time", kTime, "max-size-bytes", kBytes,
               nullptr);
}

GstElement* makeQueue() {
  GstElement* queue = gst_element_factory_make("queue", nullptr);
  giveRoom(queue);
  return queue;
}

GstElement* makeStep() {
  GstElement* queue = gst_element_factory_make("queue", nullptr);
  g_object_set(queue, "max-size-buffers", 1, "max-size-time", guint64{0}, "max-size-bytes", 0,
               nullptr);
  return queue;
}

bool waitsForMedia(GstElement* multiqueue) {
  return anyOf(multiqueue, [](GstPad* output) {
    const Level level = levelOf(output);
    return (level.time < kTime || level.buffers < kReorderedFrames) && isWanted(output);
  });
}

bool makeRoom(GstElement* multiqueue) {
  if (anyOf(multiqueue, [](GstPad* output) { return levelOf(output).bytes >= kBytes; }))
    return false;
  guint64 time = 0;
  g_object_get(multiqueue, "max-size-time", &time, nullptr);
  g_object_set(multiqueue, "max-size-time", time + kTime, nullptr);
  return true;
}

}  // namespace pipelines
