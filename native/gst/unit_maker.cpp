#include "gst/unit_maker.hpp"

#include "core/h264.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace gst {

using core::Bytes;
using core::ByteView;
using core::Micros;

namespace {

constexpr size_t kLengthSize = 4;  // of frames

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

void appendNal(Bytes& out, ByteView nal) {
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<uint8_t>(nal.size() >> shift));
  out.insert(out.end(), nal.begin(), nal.end());
}

// Takes a NAL unit and its length off the front; empty when the length passes the end.
ByteView takeNal(ByteView& bytes, size_t lengthSize) {
  size_t length = 0;
  for (size_t i = 0; i < lengthSize; ++i) length = length << 8 | bytes[i];
  bytes = bytes.subspan(lengthSize);
  if (length > bytes.size()) return {};
  const ByteView nal = bytes.first(length);
  bytes = bytes.subspan(length);
  return nal;
}

bool isKnown(const AvcConfig& config, ByteView nal) {
  const auto& [sps, pps] = std::tie(config.parameters.sps, config.parameters.pps);
  return std::ranges::equal(nal, sps) ||
         std::ranges::any_of(pps, [nal](const Bytes& it) { return std::ranges::equal(nal, it); });
}

bool standsInTrack(const AvcConfig& config, ByteView nal) {
  const uint8_t type = core::h264::nalType(nal[0]);
  if (type == core::h264::kAccessUnitDelimiter) return true;
  return (type == core::h264::kSps || type == core::h264::kPps) && isKnown(config, nal);
}

// Fills payload and droppable. False: no picture, or lengths that pass the end.
bool takePicture(const AvcConfig& config, ByteView bytes, io::RawUnit& unit) {
  unit.payload.reserve(bytes.size() + kLengthSize);
  bool picture = false;
  bool referred = false;
  while (bytes.size() > config.lengthSize) {
    const ByteView nal = takeNal(bytes, config.lengthSize);
    if (nal.empty()) return false;
    if (standsInTrack(config, nal)) continue;
    if (core::h264::isPicture(core::h264::nalType(nal[0]))) {
      picture = true;
      referred = referred || core::h264::nalRefIdc(nal[0]) != 0;
    }
    appendNal(unit.payload, nal);
  }
  unit.droppable = picture && !referred;
  return picture;
}

}  // namespace

void UnitMaker::setTrack(NegotiatedTrack track) {
  track_ = std::move(track);
  derivesDts_.reset();
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
  if (!track_ || !track_->avc) return times;
  const core::H264Parameters& parameters = track_->avc->parameters;
  const bool mayReorder = !parameters.reorderKnown || parameters.maxReorderFrames > 0;
  if (!derivesDts_) {
    // Matroska has no decode times at all, RTP's are copies of the presentation times.
    derivesDts_ = !dts || (mayReorder && times.dts == times.pts);
    decodeTime_ = core::DecodeTime(parameters.maxReorderFrames);
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
  if (track_->avc)
    return takePicture(*track_->avc, mapped.bytes(), unit) ? std::optional(std::move(unit))
                                                           : std::nullopt;
  unit.payload.assign(mapped.bytes().begin(), mapped.bytes().end());
  return unit.payload.empty() ? std::nullopt : std::optional(std::move(unit));
}

}  // namespace gst
