#include "gst/frame_buffer.hpp"

#include "core/whole_packets.hpp"

#include <memory>
#include <utility>

namespace gst {

namespace {

Buffer wrap(const core::FrameRef& frame) {
  auto held = std::make_unique<core::FrameRef>(frame);
  const auto& bytes = frame->payload;
  const GDestroyNotify letGo = [](gpointer ref) {
    std::unique_ptr<core::FrameRef> owned(static_cast<core::FrameRef*>(ref));
  };
  return Buffer(gst_buffer_new_wrapped_full(
      GST_MEMORY_FLAG_READONLY, const_cast<uint8_t*>(bytes.data()), bytes.size(), 0, bytes.size(),
      held.release(), letGo));  // now owned by the buffer
}

// GStreamer knows G.726 in the order of ITU-T I.366.2 alone.
Buffer copyInAal2Order(const core::Track& track, const core::Frame& frame) {
  const auto& pcm = std::get<core::PcmParameters>(track.parameters);
  const core::Bytes bytes = core::toAal2Order(frame.payload, pcm.bitsPerSample);
  Buffer buffer(gst_buffer_new_allocate(nullptr, bytes.size(), nullptr));
  gst_buffer_fill(buffer.get(), 0, bytes.data(), bytes.size());
  return buffer;
}

}  // namespace

Buffer bufferOf(const core::Track& track, const core::FrameRef& frame) {
  const bool isReversed = track.codec.starts_with("G726-");
  Buffer buffer = isReversed ? copyInAal2Order(track, *frame) : wrap(frame);
  GST_BUFFER_DTS(buffer.get()) = toClockTime(frame->dts);
  GST_BUFFER_PTS(buffer.get()) = toClockTime(frame->pts);
  if (frame->duration.count() > 0) GST_BUFFER_DURATION(buffer.get()) = toClockTime(frame->duration);
  const auto flag = [&](bool set, GstBufferFlags value) {
    if (set) GST_BUFFER_FLAG_SET(buffer.get(), value);
  };
  flag(!frame->key, GST_BUFFER_FLAG_DELTA_UNIT);
  flag(frame->droppable, GST_BUFFER_FLAG_DROPPABLE);
  flag(frame->damaged, GST_BUFFER_FLAG_CORRUPTED);
  flag(frame->discontinuity, GST_BUFFER_FLAG_DISCONT);
  return buffer;
}

}  // namespace gst
