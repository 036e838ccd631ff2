#include "io/udp_output.hpp"

#include "io/clock.hpp"

#include <algorithm>
#include <utility>

namespace io {

namespace {
// In blocks: more than a second of pictures that the sender has not got to is of no use to anybody.
constexpr size_t kBlocks = 32;
constexpr core::Micros kTellEvery{1'000'000};
// A ring that is younger is as good as live.
constexpr core::Micros kYoung{1'000'000};
// A ring leaves at 20 Mbit/s, or four times as fast as it came, whichever is more, with the
// overhead of each packet.
constexpr size_t kPaceBytesPerSecond = 2'500'000;
constexpr size_t kTimesFaster = 4;
constexpr size_t kMicrosPerSecond = 1'000'000;

core::RtpConfig withChannels(core::RtpConfig config) {
  uint8_t channel = 0;
  for (core::RtpTrack& track : config.tracks) {
    track.channel = channel++;
    track.rtcpChannel = channel++;
  }
  return config;
}

int ownFamily(int fd) {
  Address own;
  own.length = sizeof own.storage;
  getsockname(fd, reinterpret_cast<sockaddr*>(&own.storage), &own.length);
  return own.family();
}

size_t weightOf(const std::vector<core::RtpBlock>& blocks) {
  size_t weight = 0;
  for (const core::RtpBlock& block : blocks)
    weight += block.bytes->size() + block.packets * kPacketOverhead;
  return weight;
}

size_t paceOf(const std::vector<core::RtpBlock>& blocks) {
  if (blocks.empty()) return kPaceBytesPerSecond;
  const core::Micros span = blocks.back().arrival - blocks.front().arrival;
  const auto micros = static_cast<size_t>(std::max<int64_t>(span.count(), kMicrosPerSecond / 10));
  return std::max(kPaceBytesPerSecond, kTimesFaster * weightOf(blocks) * kMicrosPerSecond / micros);
}

Begun measure(const core::RtpBlock& block) {
  Begun measured;
  for (core::ByteView rest = block.bytes->bytes(); !rest.empty();) {
    const size_t size = size_t{rest[2]} << 8 | rest[3];
    if (rest[1] % 2 == 0) {
      ++measured.packets;
      measured.bytes += static_cast<int64_t>(size);
    }
    rest = rest.subspan(core::kInterleavedHeader + size);
  }
  return measured;
}
}  // namespace

UdpOutput::UdpOutput(OutputPlace place, core::RtpConfig config, UdpSockets sockets,
                     UdpSender& sender)
    : RingOutput(std::move(place), packagerOf(withChannels(std::move(config))), kBlocks),
      sockets_(std::make_shared<const UdpSockets>(std::move(sockets))),
      sender_(sender) {}

void UdpOutput::add(uint32_t reader, UdpJoin join) {
  stream_->post([self = shared_from_this(), this, reader, join = std::move(join)](core::Stream&) {
    admit(reader, join);
  });
}

void UdpOutput::remove(uint32_t reader) {
  stream_->post([self = shared_from_this(), this, reader](core::Stream&) { leave(reader); });
}

void UdpOutput::admit(uint32_t id, const UdpJoin& join) {
  leave(id);
  Reader reader;
  reader.to = std::make_shared<const UdpReader>(channelsOf(join));
  const std::vector<core::RtpBlock> blocks = ringFor(join.begin);
  owner_->emit(
      id_, blocks.empty() ? Joined{id} : Joined{id, blocks.front().starts, blocks.front().capture});
  // Else the ring was cut to its key frame, and it begins anew with the next.
  reader.begun = !blocks.empty() && blocks.back().number == newest_;
  reader.leftOutBefore = leftOut_;
  Begun begun{id, static_cast<int64_t>(sent_.packets), static_cast<int64_t>(sent_.bytes)};
  for (const core::RtpBlock& block : blocks) {
    const Begun measured = measure(block);
    begun.packets -= measured.packets;
    begun.bytes -= measured.bytes;
  }
  if (!blocks.empty()) owner_->emit(id_, begun);
  startBacklog(reader, blocks);
  readers_[id] = std::move(reader);
}

void UdpOutput::leave(uint32_t id) {
  const auto found = readers_.find(id);
  if (found == readers_.end()) return;
  if (found->second.backlog) found->second.backlog->drop();
  readers_.erase(found);
  step_ = nullptr;
}

std::vector<core::RtpBlock> UdpOutput::ringFor(UdpJoin::Begin begin) {
  std::vector<core::RtpBlock> blocks = ring(begin == UdpJoin::Begin::fast);
  const bool old = !blocks.empty() && now() - blocks.front().arrival >= kYoung;
  if (begin == UdpJoin::Begin::live && old) blocks.clear();
  return blocks;
}

void UdpOutput::startBacklog(Reader& reader, const std::vector<core::RtpBlock>& blocks) {
  std::deque<core::BlockRef> first;
  if (core::BlockRef reports = report()) first.push_back(std::move(reports));
  for (const core::RtpBlock& block : blocks) first.push_back(block.bytes);
  if (first.empty()) return;
  reader.backlog = std::make_shared<UdpBacklog>(std::move(first), paceOf(blocks));
  sender_.pace(wayTo(std::make_shared<const UdpReaders>(UdpReaders{reader.to})), reader.backlog);
}

std::vector<Address> UdpOutput::channelsOf(const UdpJoin& join) const {
  const int family = ownFamily(sockets_->rtp.get());
  std::vector<Address> channels;
  for (const UdpJoin::Track& track : join.tracks)
    for (const Address& to : {track.rtp, track.rtcp})
      channels.push_back(to.length == 0 ? to : forFamily(to, family).value_or(Address{}));
  return channels;
}

void UdpOutput::give(const core::RtpBlock& block) {
  newest_ = block.number;
  for (auto& [id, reader] : readers_) giveTo(id, reader, block);
  count(block);
  if (step_ == nullptr) {
    auto step = std::make_shared<UdpReaders>();
    for (const auto& [id, reader] : readers_)
      if (reader.begun && !reader.backlog) step->push_back(reader.to);
    step_ = std::move(step);
  }
  if (!step_->empty()) sender_.post({wayTo(step_), block.bytes, wait(1)});
}

void UdpOutput::giveTo(uint32_t id, Reader& reader, const core::RtpBlock& block) {
  if (!reader.begun) {
    if (!block.key) return;
    reader.begun = true;
    reader.leftOutBefore = leftOut_;
    step_ = nullptr;
    owner_->emit(id_,
                 Begun{id, static_cast<int64_t>(sent_.packets), static_cast<int64_t>(sent_.bytes)});
  }
  if (!reader.backlog || reader.backlog->add(block.bytes)) return;
  reader.backlog = nullptr;
  step_ = nullptr;
}

void UdpOutput::leaveOut(const core::RtpBlock& block) { leftOut_ += block.packets; }

UdpWay UdpOutput::wayTo(std::shared_ptr<const UdpReaders> readers) const {
  return {sockets_, std::move(readers), refused_};
}

void UdpOutput::count(const core::RtpBlock& block) {
  const Begun measured = measure(block);
  sent_.packets += static_cast<uint64_t>(measured.packets);
  sent_.bytes += static_cast<uint64_t>(measured.bytes);
  if (readers_.empty() || block.arrival - told_ < kTellEvery) return;
  told_ = block.arrival;
  sent_.refused = *refused_;
  sent_.dropped = dropped();
  owner_->emit(id_, sent_);
}

std::vector<Sent::Dropped> UdpOutput::dropped() const {
  std::vector<Sent::Dropped> dropped;
  for (const auto& [id, reader] : readers_) {
    const uint64_t leftOut = reader.begun ? leftOut_ - reader.leftOutBefore : 0;
    if (const uint64_t packets = leftOut + reader.to->refused; packets > 0)
      dropped.push_back({id, packets});
  }
  return dropped;
}

}  // namespace io
