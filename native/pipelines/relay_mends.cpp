#include "pipelines/relay_mends.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace pipelines {

namespace {

// Opus in ISOBMFF, section 4.3.2: what stands in the box behind its name.
constexpr std::string_view kOpusBox = "dOps";
constexpr size_t kPreSkip = 2;
constexpr size_t kSampleRate = 4;
constexpr size_t kGain = 8;
constexpr size_t kOpusBoxBytes = 11;
constexpr uint32_t kHighestRate = 192'000;

void onBuffers(GstElement* element, GstPadProbeCallback see) {
  const gst::Pad pad = gst::adopt(gst_element_get_static_pad(element, "src"));
  gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, see, nullptr, nullptr);
}

GstPadProbeReturn dropFirst(GstPad* pad, GstPadProbeInfo* info, gpointer) {
  const GstBuffer* first = GST_PAD_PROBE_INFO_BUFFER(info);
  if (GST_BUFFER_DURATION_IS_VALID(first))
    gst_pad_set_offset(pad, -static_cast<gint64>(GST_BUFFER_DURATION(first)));
  gst_pad_remove_probe(pad, GST_PAD_PROBE_INFO_ID(info));
  return GST_PAD_PROBE_DROP;
}

// True: it is backwards.
bool isBackwards(std::span<const uint8_t> box) {
  const uint32_t rate = uint32_t{box[kSampleRate]} << 24 | uint32_t{box[kSampleRate + 1]} << 16 |
                        uint32_t{box[kSampleRate + 2]} << 8 | box[kSampleRate + 3];
  return rate > kHighestRate;
}

void turnRound(std::span<uint8_t> box) {
  std::swap(box[kPreSkip], box[kPreSkip + 1]);
  std::reverse(&box[kSampleRate], &box[kSampleRate + 4]);
  std::swap(box[kGain], box[kGain + 1]);
}

void mendOpus(uint8_t* from, uint8_t* end) {
  for (;;) {
    // Not the one of std::ranges: Clang 14 cannot compile it with the library of GCC 12.
    from = std::search(from, end, kOpusBox.begin(), kOpusBox.end());
    if (static_cast<size_t>(end - from) < kOpusBox.size() + kOpusBoxBytes) return;
    from += kOpusBox.size();
    const std::span<uint8_t> box(from, kOpusBoxBytes);
    if (isBackwards(box)) turnRound(box);
  }
}

// The index of a file, which is one buffer.
GstPadProbeReturn mendIndex(GstPad*, GstPadProbeInfo* info, gpointer) {
  constexpr gsize kNameAt = 4;
  if (gst_buffer_memcmp(GST_PAD_PROBE_INFO_BUFFER(info), kNameAt, "moov", 4) != 0)
    return GST_PAD_PROBE_OK;
  info->data = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
  GstMapInfo map;
  if (!gst_buffer_map(GST_PAD_PROBE_INFO_BUFFER(info), &map, GST_MAP_READWRITE))
    return GST_PAD_PROBE_OK;
  mendOpus(map.data, map.data + map.size);
  gst_buffer_unmap(GST_PAD_PROBE_INFO_BUFFER(info), &map);
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn unmark(GstPad*, GstPadProbeInfo* info, gpointer) {
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  if (!GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_HEADER)) return GST_PAD_PROBE_OK;
  buffer = gst_buffer_make_writable(buffer);  // copies no bytes
  GST_BUFFER_FLAG_UNSET(buffer, GST_BUFFER_FLAG_HEADER);
  info->data = buffer;
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn markEnd(GstPad* pad, GstPadProbeInfo* info, gpointer) {
  if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_EOS)
    GST_OBJECT_FLAG_SET(pad, GST_PAD_FLAG_EOS);
  return GST_PAD_PROBE_OK;
}

void lookForEnd(GstElement*, GstPad* pad, gpointer) {
  if (GST_OBJECT_NAME(pad) == std::string_view("send_rtp_sink"))
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, markEnd, nullptr, nullptr);
}

void mendSession(GstBin*, GstBin*, GstElement* element, gpointer) {
  const GstElementFactory* factory = gst_element_get_factory(element);
  if (factory && GST_OBJECT_NAME(factory) == std::string_view("rtpsession"))
    g_signal_connect(element, "pad-added", G_CALLBACK(lookForEnd), nullptr);
}

GstPadProbeReturn dropTags(GstPad*, GstPadProbeInfo* info, gpointer) {
  const bool tags = GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_TAG;
  return tags ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

GstPadProbeReturn dropLaterTags(GstPad* pad, GstPadProbeInfo*, gpointer) {
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, dropTags, nullptr, nullptr);
  return GST_PAD_PROBE_REMOVE;
}

}  // namespace

void leaveOutPriming(GstElement* encoder) { onBuffers(encoder, dropFirst); }

void mendOpusOfMp4(GstElement* muxer) { onBuffers(muxer, mendIndex); }

void mendEndOfRtsp(GstElement* sink) {
  g_signal_connect(sink, "deep-element-added", G_CALLBACK(mendSession), nullptr);
}

void keepTagsInFront(GstPad* pad) {
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, dropLaterTags, nullptr, nullptr);
}

void unmarkHeaders(GstPad* pad) {
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, unmark, nullptr, nullptr);
}

}  // namespace pipelines
