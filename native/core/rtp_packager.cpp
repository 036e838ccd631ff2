#include "core/rtp_packager.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace core {

namespace {

constexpr Micros kReportEvery{5'000'000};
// Audio waits so long for a picture to ride with.
constexpr Micros kPatience{60'000};
constexpr size_t kMaxWaitingBytes = 256 * 1024;
// A path of fewer bytes exists nowhere, and payload headers have to fit.
constexpr size_t kMinPacketBytes = 128;

bool isSameKind(const Track& a, const Track& b) {
  return a.kind == b.kind && a.codec == b.codec && a.clockRateHz == b.clockRateHz;
}

// Parameters of pictures travel with them; what only SDP says has to stay as it was.
bool isDescribedBy(const Track& now, const Track& described) {
  if (isUnknown(now) || isUnknown(described)) return true;
  if (now.parameters.index() != described.parameters.index()) return false;
  return isParsedVideo(now) || now.parameters == described.parameters;
}

// A canonical name as RFC 7022 section 4.2 wants it: the same for the tracks of a session, told by
// nothing but chance.
std::string canonicalName(uint32_t ssrc) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "sluice-%08x", ssrc);
  return text.data();
}

}  // namespace

RtpPackager::RtpPackager(RtpConfig config, Sink sink)
    : config_(std::move(config)),
      sink_(std::move(sink)),
      maxPacketBytes_(std::max(config_.maxPacketBytes, kMinPacketBytes)),
      name_(canonicalName(config_.tracks.empty() ? 0 : config_.tracks.front().ssrc)),
      ring_(config_.ringMaxBytes, config_.ringMaxAge) {}

void RtpPackager::epoch(const EpochRef& epoch) {
  if (ended_) return;
  flush(nullptr);
  const bool fits = senders_.empty() ? begin(epoch->tracks) : follow(epoch->tracks);
  if (!fits) return end();
  epochNumber_ = epoch->number;
  for (RtpSender& sender : senders_) sender.begin(epoch->tracks[sender.spec().track]);
}

bool RtpPackager::begin(const std::vector<Track>& tracks) {
  senders_.reserve(config_.tracks.size());
  for (const RtpTrack& spec : config_.tracks) {
    if (spec.track >= tracks.size()) return false;
    const Track& track = tracks[spec.track];
    senders_.emplace_back(spec, track.clockRateHz);
    if (track.kind == Kind::video && lead_ == nullptr) lead_ = &senders_.back();
  }
  described_ = tracks;
  return !senders_.empty();
}

bool RtpPackager::follow(const std::vector<Track>& tracks) {
  if (!std::equal(tracks.begin(), tracks.end(), described_.begin(), described_.end(), isSameKind))
    return false;
  for (const RtpTrack& spec : config_.tracks) {
    if (!isDescribedBy(tracks[spec.track], described_[spec.track])) return false;
    if (!isUnknown(tracks[spec.track])) described_[spec.track] = tracks[spec.track];
  }
  return true;
}

void RtpPackager::ended() {
  if (ended_) return;
  flush(nullptr);
  end();
}

void RtpPackager::end() {
  ended_ = true;
  sink_.ended();
}

RtpSender* RtpPackager::senderOf(uint8_t track) {
  for (RtpSender& sender : senders_)
    if (sender.spec().track == track) return &sender;
  return nullptr;
}

void RtpPackager::frame(const FrameRef& frame) {
  if (ended_ || frame->epoch != epochNumber_) return;
  RtpSender* sender = senderOf(frame->track);
  if (sender == nullptr || !sender->takes(*frame)) return;
  waiting_.push_back({frame, sender});
  waitingBytes_ += frame->payload.size();
  if (sender == lead_) return flush(frame.get());
  const bool late = frame->arrival - waiting_.front().frame->arrival >= kPatience;
  if (lead_ == nullptr || late || waitingBytes_ > kMaxWaitingBytes) flush(nullptr);
}

void RtpPackager::flush(const Frame* picture) {
  if (waiting_.empty()) return;
  const Frame& newest = *waiting_.back().frame;
  reportClock_.observe(newest.pts, newest.capture);
  if (packetize()) {
    RtpBlock block = describe(picture);
    reports_.clear();
    if (!lastReport_ || newest.arrival - *lastReport_ >= kReportEvery) writeReports(newest.arrival);
    block.bytes = makeBlock(write());
    ring_.add(block);
    sink_.block(block);
  }
  waiting_.clear();
  waitingBytes_ = 0;
}

bool RtpPackager::packetize() {
  payloads_.clear();
  for (Waiting& it : waiting_) {
    const size_t before = payloads_.size();
    it.rtpTime = it.sender->packetize(*it.frame, maxPacketBytes_, payloads_);
    it.packets = payloads_.size() - before;
  }
  return payloads_.size() > 0;
}

RtpBlock RtpPackager::describe(const Frame* picture) {
  const Frame& newest = *waiting_.back().frame;
  RtpBlock block;
  block.number = ++lastNumber_;
  block.hasVideo = picture != nullptr;
  block.key = lead_ == nullptr || (picture != nullptr && picture->key && !picture->damaged);
  block.droppable = picture != nullptr && picture->droppable;
  block.packets = payloads_.size();
  block.arrival = newest.arrival;
  block.capture = newest.capture;
  block.first = block.last = newest.pts;
  for (const Waiting& it : waiting_) {
    block.first = std::min(block.first, it.frame->pts);
    block.last = std::max(block.last, it.frame->pts);
  }
  for (RtpSender& sender : senders_) {
    const auto own = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&](const Waiting& it) { return it.sender == &sender; });
    const bool here = own != waiting_.end();
    block.starts.push_back(
        {sender.nextSequence(), here ? own->rtpTime : sender.timeOf(block.last)});
  }
  return block;
}

// Sized exactly: blocks are kept for seconds.
Bytes RtpPackager::write() {
  Bytes bytes;
  const size_t headers = payloads_.size() * (kInterleavedHeader + kRtpHeader);
  bytes.reserve(reports_.size() + headers + payloads_.bytes());
  bytes.insert(bytes.end(), reports_.begin(), reports_.end());
  size_t packet = 0;
  for (const Waiting& it : waiting_)
    for (const size_t end = packet + it.packets; packet < end; ++packet)
      it.sender->write(payloads_, packet, it.rtpTime, bytes);
  return bytes;
}

void RtpPackager::writeReports(Micros now) {
  if (lastReport_) reportClock_.slew();
  lastReport_ = now;
  const Micros media = reportClock_.mediaAt(now);
  for (RtpSender& sender : senders_) sender.report(now, media, name_, reports_);
}

BlockRef RtpPackager::report(Micros now) {
  if (!lastReport_) return nullptr;
  Bytes bytes;
  const Micros media = reportClock_.mediaAt(now);
  for (RtpSender& sender : senders_) sender.report(now, media, name_, bytes);
  return makeBlock(std::move(bytes));
}

const std::deque<RtpBlock>& RtpPackager::compressedRing() {
  // What is encrypted cannot be changed any more.
  const auto isSealed = [](const RtpTrack& track) { return track.seal != nullptr; };
  if (std::any_of(config_.tracks.begin(), config_.tracks.end(), isSealed)) return ring_.blocks();
  std::vector<RtpRing::Lane> lanes;
  if (!ring_.blocks().empty())
    for (RtpSender& sender : senders_)
      lanes.push_back({sender.spec().channel, sender.timeOf(ring_.newest())});
  return ring_.compressed(lanes);
}

}  // namespace core
