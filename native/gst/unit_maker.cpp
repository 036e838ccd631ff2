#include "gst/unit_maker.hpp"

#include "core/av1.hpp"
#include "core/flac.hpp"
#include "core/frame_rate.hpp"
#include "core/h264_depacketizer.hpp"
#include "core/h265_depacketizer.hpp"

#include <algorithm>
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

bool isAmong(const std::vector<Bytes>& sets, ByteView nal) {
  return std::ranges::any_of(sets, [nal](const Bytes& it) { return std::ranges::equal(nal, it); });
}

bool isKnown(const core::H264Parameters& parameters, ByteView nal) {
  return std::ranges::equal(nal, parameters.sps) || isAmong(parameters.pps, nal);
}

bool isKnown(const core::H265Parameters& parameters, ByteView nal) {
  return std::ranges::equal(nal, parameters.vps) || std::ranges::equal(nal, parameters.sps) ||
         isAmong(parameters.pps, nal);
}

// Sets that the track does not have are passed on.
template <typename Codec>
bool isLeftOut(const typename Codec::Parameters& parameters, ByteView nal) {
  return Codec::isLeftOut(nal) && (!Codec::isParameterSet(nal) || isKnown(parameters, nal));
}

// Fills payload and droppable. False: no picture, or lengths that pass the end.
template <typename Codec>
bool takePicture(const typename Codec::Parameters& parameters, size_t lengthBytes, ByteView bytes,
                 io::RawUnit& unit) {
  unit.payload.reserve(bytes.size() + kLengthSize);
  bool picture = false;
  bool referred = false;
  while (bytes.size() > lengthBytes) {
    const ByteView nal = takeNal(bytes, lengthBytes);
    if (nal.empty()) return false;
    if (isLeftOut<Codec>(parameters, nal)) continue;
    if (Codec::isPicture(nal)) {
      picture = true;
      referred = referred || Codec::isReferred(nal, &parameters);
    }
    appendNal(unit.payload, nal);
  }
  unit.droppable = picture && !referred;
  return picture;
}

bool takePicture(const NegotiatedTrack& track, ByteView bytes, io::RawUnit& unit) {
  const core::Parameters& parameters = track.track.parameters;
  if (const auto* h264 = std::get_if<core::H264Parameters>(&parameters))
    return takePicture<core::H264Codec>(*h264, track.nalLengthBytes, bytes, unit);
  return takePicture<core::H265Codec>(std::get<core::H265Parameters>(parameters),
                                      track.nalLengthBytes, bytes, unit);
}

// Key pictures have the sequence header in them, as over RTP.
Bytes takeObus(const core::Av1Parameters& parameters, ByteView bytes, bool key) {
  Bytes made;
  made.reserve(bytes.size() + parameters.sequenceHeader.size());
  if (key && core::av1::inspect(bytes).sequenceHeader.empty()) made = parameters.sequenceHeader;
  while (const auto obu = core::av1::parseObu(bytes)) {
    if (!core::av1::isLeftOut(*obu)) core::av1::appendObu(*obu, made);
    bytes = bytes.subspan(obu->size);
  }
  return made;
}

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
  if (track_->nalLengthBytes > 0)
    return takePicture(*track_, mapped.bytes(), unit) ? std::optional(std::move(unit))
                                                      : std::nullopt;
  // What stands in its caps already.
  if (std::holds_alternative<core::FlacParameters>(track_->track.parameters) &&
      !core::flac::isFrame(mapped.bytes()))
    return std::nullopt;
  if (const auto* av1 = std::get_if<core::Av1Parameters>(&track_->track.parameters))
    unit.payload = takeObus(*av1, mapped.bytes(), unit.key);
  else
    unit.payload.assign(mapped.bytes().begin(), mapped.bytes().end());
  return unit.payload.empty() ? std::nullopt : std::optional(std::move(unit));
}

}  // namespace gst
