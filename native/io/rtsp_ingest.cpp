#include "io/rtsp_ingest.hpp"

#include "core/reception.hpp"
#include "core/reorder_buffer.hpp"
#include "core/rtcp.hpp"
#include "io/clock.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace io {

namespace {
constexpr size_t kInboxBytes = 1'000'000;
// An inbox that grew in a burst is given back beyond this.
constexpr size_t kKeptBytes = 64 * 1024;
// A track that has not told its parameters by then begins without them.
constexpr core::Micros kPatience{2'000'000};
// An audio track that has nothing to say for so long is left out until it has: browsers play only
// where they have all tracks that were declared.
constexpr core::Micros kSilence{3'000'000};
// So many packets in a row of a payload type that was not announced are what was meant after all.
constexpr int kForeignPackets = 100;
// So long the first units wait for what places their tracks, and so many bytes of them.
constexpr core::Micros kPlacing{500'000};
constexpr size_t kHeldBytes = 8'000'000;
constexpr core::Micros kReportPeriod{5'000'000};
// A key frame needs some time to come; RFC 4585 section 6.3.2 wants no more of them than needed.
constexpr core::Micros kAskPeriod{1'000'000};
constexpr const char* kName = "sluice";

std::vector<core::RtpTimeline::Clock> clocks(const std::vector<RtspTrack>& tracks) {
  std::vector<core::RtpTimeline::Clock> clocks;
  clocks.reserve(tracks.size());
  for (const RtspTrack& track : tracks)
    clocks.push_back({track.config.clockRateHz, track.config.kind == core::Kind::audio});
  return clocks;
}

std::vector<std::string> codecs(const std::vector<RtspTrack>& tracks) {
  std::vector<std::string> names;
  names.reserve(tracks.size());
  for (const RtspTrack& track : tracks) names.push_back(track.config.codec);
  return names;
}

uint16_t follower(const core::RtpPacket& packet) {
  return static_cast<uint16_t>(packet.sequence + 1);
}

uint32_t reorderDepth(const core::Parameters& parameters) {
  const core::VideoParameters* video = core::videoOf(parameters);
  return video ? video->maxReorderFrames : 0;
}
}  // namespace

// One RTP track on its way into the stream.
struct RtspIngest::Feed {
  explicit Feed(RtspTrack track) : spec(std::move(track)), reception(spec.config.clockRateHz) {
    if (!spec.srtp) return;
    in = Srtp::make(spec.srtp->in, Srtp::Way::in, spec.srtp->sources);
    out = Srtp::make(spec.srtp->out, Srtp::Way::out);
  }

  RtspTrack spec;
  core::Track track;
  bool known = false;  // its parameters
  bool silent = false;
  core::Micros heard{0};  // arrival of its newest unit
  std::optional<uint16_t> lastSequence;
  uint32_t lastSsrc = 0;
  std::optional<uint16_t> afterLate;  // the sequence number that would follow a late packet
  int foreignPackets = 0;  // in a row
  core::DecodeTime decodeTime{0};
  std::unique_ptr<core::Depacketizer> depacketizer;
  std::unique_ptr<core::ReorderBuffer> reorder;  // of UDP
  std::unique_ptr<Srtp> in, out;
  core::Reception reception;
  core::Micros askedAt{0};  // for a key frame
  bool awaitsKey = true;
  bool left = false;  // said goodbye, and nothing came since
};

RtspIngest::RtspIngest(Id id, LiveStreamRef stream, RtspIngestSpec spec, OwnerRef owner)
    : id_(id),
      stream_(std::move(stream)),
      owner_(std::move(owner)),
      deframer_(*this),
      timeline_(clocks(spec.tracks)),
      ssrc_(std::random_device{}()) {
  if (spec.inspect) observer_.emplace(id_, owner_, codecs(spec.tracks));
  for (RtspTrack& track : spec.tracks) {
    track.config.keepPieces = stream_->ringConfig().passDamaged;
    auto feed = std::make_unique<Feed>(std::move(track));
    const core::RtpTrackConfig& config = feed->spec.config;
    feed->known = !core::isUnderstood(config.codec);
    feed->track = core::trackOf(config, feed->known ? config.described : core::OpaqueParameters{});
    deframer_.expectChannel(feed->spec.channel, core::ChannelKind::rtp);
    deframer_.expectChannel(feed->spec.rtcpChannel, core::ChannelKind::rtcp);
    feeds_.push_back(std::move(feed));
  }
  for (size_t index = 0; index < feeds_.size(); ++index)
    feeds_[index]->depacketizer = core::makeDepacketizer(
        feeds_[index]->spec.config,
        {.parameters = [this, index](core::Parameters p) { parameters(index, std::move(p)); },
         .unit = [this, index](core::AccessUnit&& u) { unit(index, std::move(u)); }});
}

RtspIngest::~RtspIngest() = default;

void RtspIngest::openUdp(UdpReceiver& receiver, const UdpSpec& spec) {
  for (size_t index = 0; index < feeds_.size(); ++index) {
    Feed& feed = *feeds_[index];
    feed.reorder = std::make_unique<core::ReorderBuffer>(
        [this, index](core::ReorderBuffer::Packet&& packet) { rtp(index, packet.bytes); });
  }
  udp_ = std::make_shared<UdpTracks>(receiver, spec, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->wake();
  });
  udp_->open();
}

void RtspIngest::wake() {
  {
    std::lock_guard lock(mutex_);
    if (closed_ || std::exchange(queued_, true)) return;
  }
  stream_->thread.fed(shared_from_this());
}

bool RtspIngest::feed(core::ByteView bytes) {
  bool room;
  {
    std::lock_guard lock(mutex_);
    if (closed_) return true;
    waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
    room = waiting_.size() <= kInboxBytes;
    full_ = !room;
    if (std::exchange(queued_, true)) return room;
  }
  stream_->thread.fed(shared_from_this());
  return room;
}

void RtspIngest::read(Descriptor socket) {
  if (socket.get() < 0) return ended(systemReason("dup").text);
  auto shared = std::make_shared<Descriptor>(std::move(socket));
  stream_->thread.post([self = shared_from_this(), shared] {
    TcpReader::Sink& sink = *self;
    if (!self->isClosed())
      self->reader_ = std::make_unique<TcpReader>(self->thread(), std::move(*shared), sink);
  });
}

void RtspIngest::place(std::vector<RtpStart> starts) {
  stream_->thread.post([self = shared_from_this(), starts = std::move(starts)] {
    for (const RtpStart& start : starts)
      if (start.track < self->feeds_.size()) self->timeline_.rtpInfo(start.track, start.rtpTime);
    if (self->mayRelease()) self->release();
  });
}

void RtspIngest::close() {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true)) return;
  }
  if (udp_) udp_->close();
  stream_->thread.post([self = shared_from_this()] {
    self->reader_.reset();
    self->owner_->emit(self->id_, Closed{});
  });
}

bool RtspIngest::isClosed() {
  std::lock_guard lock(mutex_);
  return closed_;
}

void RtspIngest::received(core::ByteView bytes) {
  if (isClosed()) return;
  arrival_ = now();
  count(bytes.size());
  if (taken_.empty()) {
    const auto rest = bytes.subspan(deframer_.push(bytes));
    taken_.assign(rest.begin(), rest.end());
  } else {
    taken_.insert(taken_.end(), bytes.begin(), bytes.end());
    parseTaken();
  }
  noteJitter();
  sendReports();
}

void RtspIngest::ended(const std::string& reason) {
  if (!isClosed()) owner_->emit(id_, Ended{reason});
}

void RtspIngest::drain() {
  bool drained;
  {
    std::lock_guard lock(mutex_);
    queued_ = false;
    if (closed_) return;
    count(waiting_.size());
    if (taken_.empty())
      taken_.swap(waiting_);
    else
      taken_.insert(taken_.end(), waiting_.begin(), waiting_.end());
    waiting_.clear();
    if (waiting_.capacity() > kKeptBytes) waiting_.shrink_to_fit();
    drained = std::exchange(full_, false);
  }
  arrival_ = now();
  parseTaken();
  if (drained) owner_->emit(id_, Drained{});
  if (udp_) drainUdp();
  noteJitter();
  sendReports();
}

void RtspIngest::parseTaken() {
  const size_t used = deframer_.push(taken_);
  taken_.erase(taken_.begin(), taken_.begin() + static_cast<std::ptrdiff_t>(used));
  if (taken_.capacity() > kKeptBytes) taken_.shrink_to_fit();
}

void RtspIngest::count(size_t bytes) { stream_->counters().add(stream_->counters().bytes, bytes); }

void RtspIngest::drainUdp() {
  udp_->take(batch_);
  for (const UdpTracks::Packet& packet : batch_.packets) datagram(packet);
  if (batch_.bytes.capacity() > kKeptBytes) batch_ = {};
  arrival_ = now();
  expire();
}

void RtspIngest::datagram(const UdpTracks::Packet& packet) {
  const auto wire = core::ByteView(batch_.bytes).subspan(packet.offset, packet.size);
  arrival_ = packet.arrival;
  count(wire.size());
  const core::ByteView bytes = opened(packet.track, wire, packet.isRtcp);
  if (packet.isRtcp) return rtcp(packet.track, bytes);
  const auto parsed = core::parseRtp(bytes);
  if (!parsed) return;
  Feed& feed = *feeds_[packet.track];
  feed.reception.packet(*parsed, arrival_);
  feed.reorder->push({{bytes.begin(), bytes.end()}, parsed->ssrc, parsed->sequence, arrival_});
}

void RtspIngest::expire() {
  bool holding = false;
  for (const auto& feed : feeds_) {
    feed->reorder->expire(arrival_);
    holding |= !feed->reorder->empty();
  }
  udp_->setHolding(holding);
}

void RtspIngest::noteJitter() {
  core::Micros most{0};
  for (const auto& feed : feeds_) most = std::max(most, feed->reception.jitter());
  stream_->counters().jitterUs.store(most.count(), std::memory_order_relaxed);
}

void RtspIngest::sendReports() {
  if (firstPacket_ && arrival_ - std::max(reportedAt_, *firstPacket_) >= kReportPeriod) {
    reportedAt_ = arrival_;
    for (size_t index = 0; index < feeds_.size(); ++index) sendReport(index, false);
  }
  if (!outgoing_.empty()) owner_->emit(id_, Rtcp{std::exchange(outgoing_, {})});
}

void RtspIngest::sendReport(size_t index, bool pictureLost) {
  Feed& feed = *feeds_[index];
  const auto heard = feed.reception.report(arrival_);
  if (!heard) return;
  core::Bytes report;
  const uint32_t ssrc = feed.spec.srtp ? feed.spec.srtp->ssrc : ssrc_;
  core::appendReceiverReport(ssrc, *heard, kName, report);
  if (pictureLost) core::appendPictureLoss(ssrc, heard->ssrc, report);
  if (feed.spec.srtp && !(feed.out && feed.out->protect(report, true))) return;
  if (udp_)
    udp_->sendRtcp(index, report);
  else
    frameRtcp(index, report);
}

// RFC 2326 section 10.12.
void RtspIngest::frameRtcp(size_t index, core::ByteView bytes) {
  const auto size = static_cast<uint16_t>(bytes.size());
  outgoing_.insert(outgoing_.end(), {'$', feeds_[index]->spec.rtcpChannel,
                                     static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)});
  outgoing_.insert(outgoing_.end(), bytes.begin(), bytes.end());
}

// From the beginning, and from a picture that was damaged, to the next key frame.
void RtspIngest::askForKey(size_t index, const core::AccessUnit& unit) {
  Feed& feed = *feeds_[index];
  if (!feed.spec.takesPictureLoss) return;
  feed.awaitsKey = unit.damaged || (feed.awaitsKey && !unit.key);
  if (!feed.awaitsKey || arrival_ - feed.askedAt < kAskPeriod) return;
  feed.askedAt = arrival_;
  sendReport(index, true);
}

void RtspIngest::packet(uint8_t channel, core::ByteView payload) {
  for (size_t index = 0; index < feeds_.size(); ++index) {
    if (feeds_[index]->spec.channel == channel) return rtp(index, opened(index, payload, false));
    if (feeds_[index]->spec.rtcpChannel == channel)
      return rtcp(index, opened(index, payload, true));
  }
}

// What it was before it was encrypted; empty where somebody else made it. Until the next call.
core::ByteView RtspIngest::opened(size_t index, core::ByteView packet, bool isRtcp) {
  const Feed& feed = *feeds_[index];
  if (!feed.spec.srtp) return packet;
  plain_.assign(packet.begin(), packet.end());
  const Srtp::Opened result = feed.in ? feed.in->open(plain_, isRtcp) : Srtp::Opened::no;
  if (result == Srtp::Opened::no)
    stream_->counters().add(stream_->counters().undecryptablePackets, 1);
  return result == Srtp::Opened::yes ? core::ByteView(plain_) : core::ByteView();
}

void RtspIngest::text(std::string_view message) { owner_->emit(id_, Text{std::string(message)}); }

void RtspIngest::resynchronised(size_t) { stream_->counters().add(stream_->counters().resyncs, 1); }

void RtspIngest::stray(uint8_t channel) {
  if (observer_) observer_->stray(channel);
}

void RtspIngest::rtp(size_t index, core::ByteView payload) {
  const auto packet = core::parseRtp(payload);
  if (!packet) return;
  Feed& feed = *feeds_[index];
  if (!udp_) feed.reception.packet(*packet, arrival_);
  const bool meant = isMeant(feed, packet->payloadType);
  if (observer_) observer_->packet(index, {*packet, payload.size(), arrival_, meant});
  if (!meant) return;
  stream_->counters().add(stream_->counters().packets, 1);
  feed.left = false;
  countLoss(feed, *packet);
  if (!firstPacket_) firstPacket_ = arrival_;
  if (!begun_) beginWhenReady();
  feed.depacketizer->push(*packet);
}

// Cameras mix in payload types that they never announced (Geovision).
bool RtspIngest::isMeant(Feed& feed, uint8_t payloadType) {
  if (payloadType == feed.spec.payloadType) {
    feed.foreignPackets = 0;
    return true;
  }
  if (++feed.foreignPackets < kForeignPackets) return false;
  feed.foreignPackets = 0;
  feed.spec.payloadType = payloadType;
  return true;
}

void RtspIngest::countLoss(Feed& feed, const core::RtpPacket& packet) {
  if (feed.lastSequence && feed.lastSsrc == packet.ssrc) {
    const auto missing = static_cast<uint16_t>(packet.sequence - *feed.lastSequence - 1);
    // Half the range and more is a late packet or, where the next one follows it, a new count.
    if (missing < 0x8000)
      stream_->counters().add(stream_->counters().lostPackets, missing);
    else if (std::exchange(feed.afterLate, follower(packet)) != packet.sequence)
      return;
  }
  feed.afterLate.reset();
  feed.lastSequence = packet.sequence;
  feed.lastSsrc = packet.ssrc;
}

void RtspIngest::rtcp(size_t index, core::ByteView payload) {
  if (observer_) observer_->rtcp(index, payload);
  for (const core::SenderReport& report : core::parseSenderReports(payload)) {
    if (observer_) observer_->report(index, report, arrival_);
    timeline_.senderReport(index, report.ntp, report.rtpTime);
    feeds_[index]->reception.senderReport(report, arrival_);
  }
  noteGoodbyes(index, payload);
  if (mayRelease()) release();
}

// Cameras end one source and begin another in the same session: what counts is that none is left.
void RtspIngest::noteGoodbyes(size_t index, core::ByteView compound) {
  Feed& feed = *feeds_[index];
  const std::vector<uint32_t> sources = core::parseGoodbyes(compound);
  const bool isOurs = std::find(sources.begin(), sources.end(), feed.lastSsrc) != sources.end();
  if (!isOurs || !feed.lastSequence || std::exchange(feed.left, true)) return;
  const bool allLeft = std::all_of(feeds_.begin(), feeds_.end(), [](const auto& other) {
    return other->left || !other->lastSequence;
  });
  if (allLeft) owner_->emit(id_, Left{});
}

void RtspIngest::parameters(size_t index, core::Parameters parameters) {
  if (observer_) observer_->parameters(index, parameters);
  if (!held_.empty()) release();  // what waits was made with those before
  Feed& feed = *feeds_[index];
  feed.decodeTime = core::DecodeTime(reorderDepth(parameters));
  feed.track = core::trackOf(feed.spec.config, std::move(parameters));
  feed.known = true;
  if (begun_) begin();
}

void RtspIngest::beginWhenReady() {
  const bool patient = arrival_ - *firstPacket_ < kPatience;
  for (const auto& feed : feeds_)
    if (!feed->known && feed->track.kind != core::Kind::other && patient) return;
  begin();
}

void RtspIngest::begin() {
  std::vector<core::Track> tracks;
  tracks.reserve(feeds_.size());
  for (const auto& feed : feeds_) {
    tracks.push_back(feed->track);
    if (feed->silent) tracks.back().parameters = core::OpaqueParameters{};
  }
  stream_->stream().begin(std::move(tracks), splice_);
  splice_ = core::Stream::Splice::same;
  if (!std::exchange(begun_, true)) begunAt_ = arrival_;
}

void RtspIngest::noteSilence() {
  bool changed = false;
  for (const auto& feed : feeds_) {
    const core::Micros since = std::max(feed->heard, begunAt_);
    const bool silent = feed->track.kind == core::Kind::audio && arrival_ - since > kSilence;
    if (std::exchange(feed->silent, silent) != silent) changed = true;
  }
  if (changed) begin();
}

void RtspIngest::unit(size_t index, core::AccessUnit&& unit) {
  askForKey(index, unit);
  if (!holding_) return give({index, std::move(unit), arrival_});
  heldBytes_ += unit.payload.size();
  held_.push_back({index, std::move(unit), arrival_});
  if (mayRelease()) release();
}

bool RtspIngest::mayRelease() const {
  if (!holding_ || !firstPacket_) return false;
  return timeline_.knowsPlaces() || arrival_ - *firstPacket_ > kPlacing || heldBytes_ > kHeldBytes;
}

void RtspIngest::release() {
  holding_ = false;
  for (Unit& waiting : std::exchange(held_, {})) give(std::move(waiting));
  heldBytes_ = 0;
}

void RtspIngest::give(Unit&& taken) {
  auto& [index, unit, arrival] = taken;
  Feed& feed = *feeds_[index];
  const core::RtpTimeline::Stamp stamp = timeline_.stamp(index, unit.timestamp, arrival);
  if (observer_) observer_->unit(index, unit, stamp.time, arrival);
  if (stamp.restart) {
    splice_ = core::Stream::Splice::elapsed;
    if (begun_) begin();
  }
  feed.heard = arrival;
  if (begun_)
    noteSilence();
  else
    beginWhenReady();
  core::Frame frame;
  frame.track = static_cast<uint8_t>(index);
  frame.key = unit.key;
  frame.droppable = unit.droppable;
  frame.damaged = unit.damaged;
  frame.pts = stamp.time;
  frame.dts = feed.track.kind == core::Kind::video ? feed.decodeTime.next(stamp.time) : stamp.time;
  frame.duration = core::unitDuration(feed.track.parameters, unit.payload);
  frame.arrival = arrival;
  frame.payload = std::move(unit.payload);
  frame.packetEnds = std::move(unit.packetEnds);
  frame.marked = unit.marked;
  stream_->push(std::move(frame));
}

}  // namespace io
