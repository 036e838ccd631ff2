#include "gst/unit_maker.hpp"

#include "core/av1.hpp"
#include "core/flac.hpp"
#include "core/frame_rate.hpp"
#include "core/nal_picture.hpp"

#include <algorithm>
#include <utility>

namespace gst {

using core::Bytes;
using core::ByteView;
using core::Micros;

namespace {

Micros toMicros(GstClockTimeDiff time) { return Micros(time / 1000); }

// Read access to the bytes of a buffer.
class Mapped {
 public:
  explicit Mapped(GstBuffer* buffer)
      : buffer_(buffer), mapped_(gst_buffer_map(buffer, &info_, GST_MAP_READ)) {}
  ~Mapped() {
    if (mapped_) gst_buffer_unmap(buffer_, &info_);
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;

  ByteView bytes() const { return mapped_ ? ByteView{info_.data, info_.size} : ByteView{}; }

 private:
  GstBuffer* const buffer_;
  GstMapInfo info_{};
  const bool mapped_;
};

}  // namespace

void UnitMaker::setTrack(NegotiatedTrack track) {
  track_ = std::move(track);
  derivesDts_.reset();
}

bool UnitMaker::learn(GstBuffer* buffer) {
  auto* known = track_ ? std::get_if<core::Av1Parameters>(&track_->track.parameters) : nullptr;
  if (!known || !known->sequenceHeader.empty()) return false;
  const Mapped mapped(buffer);
  auto told = core::av1::parseSequenceHeader(core::av1::inspect(mapped.bytes()).sequenceHeader);
  if (!told) return false;
  if (told->frameRateNum == 0) core::setFrameRate(*told, known->frameRateNum, known->frameRateDen);
  *known = std::move(*told);
  return true;
}

void UnitMaker::setSegment(const GstSegment& segment) {
  segment_ = segment;
  derivesDts_.reset();
}

std::optional<Micros> UnitMaker::runningTime(GstClockTime time) const {
  if (!segment_ || !GST_CLOCK_TIME_IS_VALID(time)) return std::nullopt;
  guint64 running = 0;
  const int sign = gst_segment_to_running_time_full(&*segment_, GST_FORMAT_TIME, time, &running);
  if (sign == 0) return std::nullopt;
  return toMicros(sign * static_cast<GstClockTimeDiff>(running));
}

UnitTimes UnitMaker::timesOf(GstBuffer* buffer, Micros fallback) {
  const auto dts = runningTime(GST_BUFFER_DTS(buffer));
  const auto pts = runningTime(GST_BUFFER_PTS(buffer));
  UnitTimes times;
  times.pts = pts ? *pts : dts.value_or(fallback);
  times.dts = dts.value_or(times.pts);
  if (GST_BUFFER_DURATION_IS_VALID(buffer)) times.duration = toMicros(GST_BUFFER_DURATION(buffer));
  const core::VideoParameters* video = track_ ? core::videoOf(track_->track.parameters) : nullptr;
  if (!video) return times;
  const bool mayReorder = !video->reorderKnown || video->maxReorderFrames > 0;
  if (!derivesDts_) {
    // Matroska has no decode times at all, RTP's are copies of the presentation times.
    derivesDts_ = !dts || (mayReorder && times.dts == times.pts);
    decodeTime_ = core::DecodeTime(video->maxReorderFrames);
  }
  if (*derivesDts_) times.dts = decodeTime_.next(times.pts);
  return times;
}

std::optional<io::RawUnit> UnitMaker::make(GstBuffer* buffer, const UnitTimes& times) const {
  if (!track_) return std::nullopt;
  io::RawUnit unit;
  unit.key = track_->track.kind == core::Kind::audio ||
             !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  unit.droppable = GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DROPPABLE);
  unit.dts = times.dts;
  unit.pts = times.pts;
  unit.duration = times.duration;
  const Mapped mapped(buffer);
  if (track_->nalLengthBytes > 0) {
    auto picture =
        core::takeNalPicture(track_->track.parameters, track_->nalLengthBytes, mapped.bytes());
    if (!picture) return std::nullopt;
    unit.payload = std::move(picture->payload);
    unit.droppable = picture->droppable;
    return unit;
  }
  // What stands in its caps already.
  if (std::holds_alternative<core::FlacParameters>(track_->track.parameters) &&
      !core::flac::isFrame(mapped.bytes()))
    return std::nullopt;
  if (const auto* av1 = std::get_if<core::Av1Parameters>(&track_->track.parameters))
    unit.payload = core::av1::takeObus(*av1, mapped.bytes(), unit.key);
  else
    unit.payload.assign(mapped.bytes().begin(), mapped.bytes().end());
  return unit.payload.empty() ? std::nullopt : std::optional(std::move(unit));
}

}  // namespace gst
