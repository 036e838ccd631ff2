#include "gst/lost_frames.hpp"

namespace gst {

namespace {
constexpr const char* kName = "sluice-lost";
constexpr const char* kFrames = "frames";
}  // namespace

GstEvent* makeLost(uint64_t frames) {
  GstStructure* told = gst_structure_new(kName, kFrames, G_TYPE_UINT64, frames, nullptr);
  return gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM, told);
}

uint64_t lostIn(const GstEvent* event) {
  const GstStructure* told = gst_event_get_structure(const_cast<GstEvent*>(event));
  guint64 frames = 0;
  if (!told || !gst_structure_has_name(told, kName)) return 0;
  return gst_structure_get_uint64(told, kFrames, &frames) ? frames : 0;
}

}  // namespace gst
