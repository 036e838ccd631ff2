#include "core/rtmp_packager.hpp"

#include <algorithm>
#include <utility>

namespace core {

namespace {

// Audio waits so long for a picture to ride with.
constexpr Micros kSoundPatience{60'000};
// As encoders have them.
constexpr uint8_t kAudioChunks = 4;
constexpr uint8_t kVideoChunks = 6;

int64_t milliseconds(Micros time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).count();
}

}  // namespace

RtmpPackager::RtmpPackager(const RtmpConfig& config, Sink sink)
    : config_(config), sink_(std::move(sink)), writer_(config.chunkBytes) {
  for (const auto& track : {config.video, config.audio})
    if (track) lanes_.push_back({.track = *track});
}

bool RtmpPackager::begin(const std::vector<Track>& tracks) {
  flush();
  return std::all_of(lanes_.begin(), lanes_.end(),
                     [&](Lane& lane) { return follow(lane, tracks); });
}

bool RtmpPackager::follow(Lane& lane, const std::vector<Track>& tracks) {
  if (lane.track >= tracks.size()) return false;
  const Track& track = tracks[lane.track];
  if (isUnknown(track)) return true;
  flv::Format format = flv::formatOf(track);
  if (!format.carried) return false;
  Bytes header = flv::sequenceHeader(format);
  const bool isSame = lane.known && flv::sequenceHeader(*lane.known) == header;
  const bool isToldApart = config_.headersApart && !lane.known;
  if (!isSame && !isToldApart) lane.header = std::move(header);
  lane.known = std::move(format);
  return true;
}

void RtmpPackager::add(const Frame& frame, Micros dts, Micros pts) {
  const auto lane = std::find_if(lanes_.begin(), lanes_.end(),
                                 [&](const Lane& it) { return it.track == frame.track; });
  if (lane == lanes_.end() || !lane->known) return;
  const bool isPicture = lane->known->isVideo;
  if (isPicture) waiting_.reserve(waiting_.size() + writer_.sizeOf(frame.payload.size() + 5));
  if (waiting_.empty()) firstArrival_ = frame.arrival;
  if (!lane->header.empty()) write(*lane, dts, std::exchange(lane->header, {}), {});
  head_.clear();
  flv::appendHead(*lane->known, frame, milliseconds(pts) - milliseconds(dts), head_);
  write(*lane, dts, head_, frame.payload);
  block_.arrival = frame.arrival;
  block_.capture = frame.capture;
  if (isPicture) return flush(&frame);
  if (!config_.video || frame.arrival - firstArrival_ >= kSoundPatience) flush();
}

void RtmpPackager::write(const Lane& lane, Micros dts, ByteView head, ByteView payload) {
  append(lane, dts, {head, payload}, waiting_);
  ++block_.packets;
}

void RtmpPackager::append(const Lane& lane, Micros dts, std::initializer_list<ByteView> parts,
                          Bytes& out) const {
  const bool isVideo = lane.known->isVideo;
  const rtmp::MessageHead message{isVideo ? flv::kVideo : flv::kAudio, config_.messageStream,
                                  static_cast<uint32_t>(milliseconds(dts))};
  if (config_.asTags) return flv::appendTag(message, parts, out);
  writer_.append(message, isVideo ? kVideoChunks : kAudioChunks, parts, out);
}

Bytes RtmpPackager::headers(Micros dts) const {
  Bytes out;
  for (const Lane& lane : lanes_) {
    const Bytes header = lane.known ? flv::sequenceHeader(*lane.known) : Bytes{};
    if (!header.empty()) append(lane, dts, {header}, out);
  }
  return out;
}

void RtmpPackager::flush() { flush(nullptr); }

void RtmpPackager::flush(const Frame* picture) {
  if (waiting_.empty()) return;
  ++block_.number;
  block_.hasVideo = picture != nullptr;
  block_.key = picture ? picture->key : !config_.video;
  block_.droppable = picture && picture->droppable;
  block_.bytes = makeBlock(std::exchange(waiting_, {}));
  sink_(block_);
  block_.packets = 0;
  block_.bytes = nullptr;
}

}  // namespace core
