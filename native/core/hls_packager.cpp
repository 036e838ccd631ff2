#include "core/hls_packager.hpp"

#include <algorithm>
#include <utility>

namespace core {

namespace {

// Source clocks jitter: a key frame may come so much before its time.
constexpr Micros kTolerance{1'000};
// Audio further before its segment is of no use to a player.
constexpr Micros kMaxLate{1'000'000};
// What moof takes at most, for each part and for each sample.
constexpr size_t kPartHead = 512;
constexpr size_t kSampleHead = 16;

// Parts are numbered without a gap.
const HlsPart* partOf(const HlsSegment& segment, uint64_t number) {
  if (segment.parts.empty() || number < segment.parts.front().number) return nullptr;
  const uint64_t index = number - segment.parts.front().number;
  return index < segment.parts.size() ? &segment.parts[index] : nullptr;
}

}  // namespace

HlsPackager::HlsPackager(HlsConfig config, Sink sink)
    : config_(config), sink_(std::move(sink)), target_(config.partTarget) {}

void HlsPackager::epoch(const EpochRef& epoch) {
  if (ended_) return;
  finish();
  epoch_ = epoch;
  carries_ = fmp4::canCarry(*epoch);
  restart();
  if (carries_) announceInit();
}

void HlsPackager::frame(const FrameRef& frame) {
  if (ended_ || !carries_ || frame->epoch != epoch_->number) return;
  if (frames_.push(frame) == fmp4::Interleaver::Push::jump) {
    finish();
    restart();
    frames_.push(frame);
  }
  drain(false);
}

void HlsPackager::ended() {
  if (ended_) return;
  finish();
  ended_ = true;
  if (sink_.ended) sink_.ended();
}

// The init section stays where nothing has changed for a decoder.
void HlsPackager::announceInit() {
  Bytes bytes = fmp4::initSection(*epoch_);
  if (!inits_.empty()) {
    const ByteView last = inits_.back().block->bytes();
    if (std::equal(last.begin(), last.end(), bytes.begin(), bytes.end())) return;
  }
  HlsInit init;
  init.number = inits_.empty() ? 1 : inits_.back().number + 1;
  init.codecs = fmp4::codecs(*epoch_);
  for (size_t i = 0; i < epoch_->tracks.size(); ++i) {
    const VideoParameters* video = videoOf(epoch_->tracks[i].parameters);
    if (!video || !fmp4::takesPart(*epoch_, i)) continue;
    init.width = video->width;
    init.height = video->height;
    init.frameRateNum = video->frameRateNum;
    init.frameRateDen = video->frameRateDen;
    break;
  }
  init.block = makeBlock(std::move(bytes));
  inits_.push_back(std::move(init));
  if (sink_.init) sink_.init(inits_.back());
}

void HlsPackager::restart() {
  frames_.begin(*epoch_);
  discontinuity_ = nextNumber_ > 0;
  fresh_ = true;
}

void HlsPackager::finish() {
  if (!carries_) return;
  drain(true);
  closeSegment();
}

void HlsPackager::drain(bool last) {
  while (const auto head = frames_.head(last)) {
    if (!step(*head)) return;
  }
}

// False: the head has to wait until its duration is known.
bool HlsPackager::step(const Head& head) {
  if (head.lead) makeRoom(head);
  if (!open_ || (!head.lead && head.frame->dts < segmentStart_ - kMaxLate)) {
    frames_.pop();
    return true;
  }
  if (!head.duration) return false;
  if (fits(*head.frame)) {
    addSample(head);
    frames_.pop();
    return true;
  }
  // Whatever does not fit even alone is left out.
  if (open_->parts.empty() && samples_.empty()) frames_.pop();
  closeSegment();
  discontinuity_ = nextNumber_ > 0;
  return true;
}

// Closes the segment or part that ends before this frame of the leading track.
void HlsPackager::makeRoom(const Head& head) {
  if (open_ && endsSegment(head)) {
    closeSegment();
  } else if (open_ && endsPart(head)) {
    closePart(false);
  }
  if (!open_ && head.frame->key) openSegment(*head.frame);
}

bool HlsPackager::endsSegment(const Head& head) const {
  const bool begun = leadFrames_ > 0 || !open_->parts.empty();
  if (!begun || !head.frame->key) return false;
  const Micros tolerance =
      frames_.leadIsVideo() ? std::max(frames_.usualDuration() / 2, kTolerance) : kTolerance;
  // By what is seen: decode times of the first pictures of a stream are partly guessed.
  return head.frame->pts - open_->start + tolerance >= config_.segmentDuration;
}

bool HlsPackager::endsPart(const Head& head) {
  if (leadFrames_ == 0 || (target_ == Micros{0} && !chooseTarget())) return false;
  // Before the duration is known only what cannot fit by far is told from what may.
  const Micros length = head.duration.value_or(frames_.usualDuration() * 3 / 4);
  return head.frame->dts + length - partStart_ > target_;
}

// As many frames as come nearest to the wanted duration. Where their lengths differ, so do those of
// later parts: these find room, up to where a regular part would be too short for its target.
bool HlsPackager::chooseTarget() {
  const Micros length = leadEnd_ - partStart_;
  const Micros usual = length / static_cast<int64_t>(leadFrames_);
  if (length + usual / 2 < config_.partDuration) return false;
  target_ = length + std::min(length / 10, longest_ - shortest_);
  return true;
}

// Segments may end before there was a choice, and frames of a new epoch be longer than a part.
void HlsPackager::keepToTarget(Micros duration) {
  if (target_ == Micros{0}) target_ = std::max(config_.partDuration, duration);
  if (std::exchange(fresh_, false)) target_ = std::max(target_, duration);
}

bool HlsPackager::fits(const Frame& frame) const {
  const size_t heads = kPartHead + kSampleHead * (samples_.size() + 1);
  return open_->bytes + sampleBytes_ + heads + frame.payload.size() <= config_.segmentMaxBytes;
}

void HlsPackager::openSegment(const Frame& frame) {
  open_.emplace();
  open_->number = nextNumber_;
  open_->init = inits_.back().number;
  open_->start = frame.pts;
  open_->capture = frame.capture;
  open_->discontinuity = discontinuity_;
  segmentStart_ = partStart_ = leadEnd_ = frame.dts;
}

void HlsPackager::addSample(const Head& head) {
  if (head.lead) {
    leadEnd_ = head.frame->dts + *head.duration;
    if (leadFrames_ == 0) {
      independent_ = head.frame->key;
      shortest_ = longest_ = *head.duration;
    }
    shortest_ = std::min(shortest_, *head.duration);
    longest_ = std::max(longest_, *head.duration);
    ++leadFrames_;
  }
  samples_.push_back({head.frame, *head.duration});
  sampleBytes_ += head.frame->payload.size();
}

void HlsPackager::closePart(bool last) {
  // Audio alone takes no time of its own; it is left over only where time breaks.
  if (leadFrames_ > 0) {
    HlsPart part;
    part.number = ++parts_;
    part.duration = leadEnd_ - partStart_;
    part.independent = independent_;
    part.last = last;
    part.block = makeBlock(fmp4::fragment(*epoch_, static_cast<uint32_t>(parts_), samples_));
    keepToTarget(part.duration);
    open_->duration += part.duration;
    open_->bytes += part.block->size();
    open_->parts.push_back(std::move(part));
    partStart_ = leadEnd_;
  }
  samples_.clear();
  sampleBytes_ = 0;
  if (std::exchange(leadFrames_, 0) > 0 && sink_.part) sink_.part(*open_, open_->parts.size() - 1);
}

void HlsPackager::closeSegment() {
  if (!open_) return;
  closePart(true);
  if (!open_->parts.empty()) {
    window_.push_back(std::move(*open_));
    ++nextNumber_;
    discontinuity_ = false;
    leaveWindow();
    if (sink_.segment) sink_.segment(window_.back());
  }
  open_.reset();
}

void HlsPackager::leaveWindow() {
  const size_t kept = std::max<size_t>(2 * size_t{config_.segmentCount}, 1);
  while (window_.size() > kept) window_.pop_front();
  while (inits_.front().number < window_.front().init) inits_.pop_front();
}

const HlsInit* HlsPackager::findInit(uint32_t number) const {
  const auto found = std::find_if(inits_.begin(), inits_.end(),
                                  [&](const HlsInit& init) { return init.number == number; });
  return found == inits_.end() ? nullptr : &*found;
}

const HlsSegment* HlsPackager::findSegment(uint64_t number) const {
  if (window_.empty() || number < window_.front().number) return nullptr;
  const uint64_t index = number - window_.front().number;
  return index < window_.size() ? &window_[index] : nullptr;
}

const HlsPart* HlsPackager::findPart(uint64_t number) const {
  if (open_)
    if (const HlsPart* part = partOf(*open_, number)) return part;
  for (auto segment = window_.rbegin(); segment != window_.rend(); ++segment)
    if (const HlsPart* part = partOf(*segment, number)) return part;
  return nullptr;
}

}  // namespace core
