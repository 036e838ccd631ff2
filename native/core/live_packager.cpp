#include "core/live_packager.hpp"

#include "core/fmp4_fragment.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <utility>

namespace core {

namespace {

// Sound waits so long for a picture to ride with.
constexpr Micros kPatience{60'000};
constexpr size_t kMaxWaiting = 64;  // frames
// How often a stream without pictures says how it is decoded.
constexpr Micros kInitEvery{1'000'000};

// The epoch as if nothing but this track were in it.
Epoch onlyTrack(const Epoch& epoch, uint8_t track) {
  Epoch only{epoch.number, epoch.tracks};
  for (size_t i = 0; i < only.tracks.size(); ++i)
    if (i != track) only.tracks[i].parameters = OpaqueParameters{};
  return only;
}

uint8_t flagsOf(const Frame& frame) {
  uint8_t flags = 0;
  if (frame.key) flags |= live::kKey;
  if (frame.droppable) flags |= live::kDroppable;
  if (frame.discontinuity) flags |= live::kDiscontinuity;
  return flags;
}

// RFC 6381.
std::string mimeOf(const Track& track) {
  const char* kind = track.kind == Kind::video ? "video" : "audio";
  return std::string(kind) + "/mp4; codecs=\"" + fmp4::codecs(track) + "\"";
}

}  // namespace

LivePackager::LivePackager(LiveConfig config, Sink sink)
    : sink_(std::move(sink)), ring_(config.ringMaxBytes, config.ringMaxAge) {
  for (const uint8_t track : config.tracks) lanes_.push_back({track});
}

void LivePackager::epoch(const EpochRef& epoch) {
  if (ended_) return;
  flush(nullptr);
  epoch_ = epoch;
  lastInit_.reset();
  hasVideo_ = false;
  for (Lane& lane : lanes_)
    if (!begin(lane)) return end();
  for (const Lane& lane : lanes_) hasVideo_ |= isParsedVideo(epoch_->tracks[lane.track]);
}

bool LivePackager::begin(Lane& lane) const {
  if (lane.track >= epoch_->tracks.size()) return false;
  const Track& track = epoch_->tracks[lane.track];
  if (!fmp4::canCarry(track)) return false;
  const std::string mime = mimeOf(track);
  const Bytes section = fmp4::initSection(onlyTrack(*epoch_, lane.track));
  lane.init.clear();
  append16(mime.size(), lane.init);
  lane.init.insert(lane.init.end(), mime.begin(), mime.end());
  lane.init.insert(lane.init.end(), section.begin(), section.end());
  return true;
}

void LivePackager::ended() {
  if (ended_) return;
  flush(nullptr);
  end();
}

void LivePackager::end() {
  ended_ = true;
  sink_.ended();
}

bool LivePackager::isTaken(const Frame& frame) const {
  const auto isIt = [&](const Lane& lane) { return lane.track == frame.track; };
  return epoch_ && frame.epoch == epoch_->number && !frame.damaged &&
         std::ranges::any_of(lanes_, isIt);
}

void LivePackager::frame(const FrameRef& frame) {
  if (ended_ || !isTaken(*frame)) return;
  if (isParsedVideo(epoch_->tracks[frame->track])) return flush(frame);
  sound_.push_back(fmp4::liveSample(*epoch_, frame));
  const bool isLate = frame->arrival - sound_.front().frame->arrival >= kPatience;
  if (isLate || sound_.size() >= kMaxWaiting) flush(nullptr);
}

void LivePackager::flush(const FrameRef& picture) {
  if (!picture && sound_.empty()) return;
  const FrameRef newest = picture ? picture : sound_.back().frame;
  RtpBlock block = describe(picture.get(), *newest);
  Bytes bytes;
  const uint32_t before = sequence_;
  block.key = beginsAnew(picture.get(), newest->arrival);
  if (block.key) writeInits(*newest, bytes);
  if (picture) writePicture(picture, bytes);
  writeSound(bytes);
  block.packets = sequence_ - before;
  block.bytes = makeBlock(std::move(bytes));
  ring_.add(block);
  sink_.block(block);
}

bool LivePackager::beginsAnew(const Frame* picture, Micros now) {
  const bool isDue = !lastInit_ || now - *lastInit_ >= kInitEvery;
  const bool begins = hasVideo_ ? picture != nullptr && picture->key : isDue;
  if (begins) lastInit_ = now;
  return begins;
}

RtpBlock LivePackager::describe(const Frame* picture, const Frame& newest) {
  RtpBlock block;
  block.number = ++lastNumber_;
  block.hasVideo = picture != nullptr;
  block.droppable = picture != nullptr && picture->droppable;
  block.arrival = newest.arrival;
  block.capture = newest.capture;
  block.first = block.last = newest.pts;
  return block;
}

void LivePackager::writeInits(const Frame& first, Bytes& out) {
  for (const Lane& lane : lanes_) {
    const live::Header header{live::Type::init, live::kKey, lane.track,
                              sequence_++,      first.pts,  first.capture};
    live::appendHead(header, lane.init.size(), out);
    out.insert(out.end(), lane.init.begin(), lane.init.end());
  }
}

void LivePackager::writePicture(const FrameRef& picture, Bytes& out) {
  const fmp4::Sample sample = fmp4::liveSample(*epoch_, picture);
  write({&sample, 1}, out);
}

void LivePackager::writeSound(Bytes& out) {
  for (const Lane& lane : lanes_) {
    std::vector<fmp4::Sample> own;
    std::ranges::copy_if(sound_, std::back_inserter(own), [&](const fmp4::Sample& sample) {
      return sample.frame->track == lane.track;
    });
    if (!own.empty()) write(own, out);
  }
  sound_.clear();
}

// Samples of one track; what their header says is true of the first.
void LivePackager::write(std::span<const fmp4::Sample> samples, Bytes& out) {
  const fmp4::Fragment fragment(*epoch_, samples);
  const Frame& first = *samples.front().frame;
  live::Header header;
  header.flags = flagsOf(first);
  header.track = first.track;
  header.sequence = sequence_++;
  header.presentation = first.pts;
  header.capture = first.capture;
  out.reserve(out.size() + live::sizeOf(fragment.size()));
  live::appendHead(header, fragment.size(), out);
  fragment.append(header.sequence, out);
}

}  // namespace core
