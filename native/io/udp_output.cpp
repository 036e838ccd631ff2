#include "io/udp_output.hpp"

#include <algorithm>
#include <utility>

namespace io {

namespace {
// In blocks: more than a second of pictures that the sender has not got to is of no use to anybody.
constexpr size_t kRoom = 32;
constexpr core::Micros kTellEvery{1'000'000};
constexpr size_t kInterleavedHeader = 4;

core::RtpConfig withChannels(core::RtpConfig config) {
  uint8_t channel = 0;
  for (core::RtpTrack& track : config.tracks) {
    track.channel = channel++;
    track.rtcpChannel = channel++;
  }
  return config;
}

int familyOf(int fd) {
  Address own;
  own.length = sizeof own.storage;
  getsockname(fd, reinterpret_cast<sockaddr*>(&own.storage), &own.length);
  return own.family();
}
}  // namespace

UdpOutput::UdpOutput(OutputPlace place, core::RtpConfig config, UdpSockets sockets,
                     UdpSender& sender)
    : RtpOutput(std::move(place), withChannels(std::move(config)), kRoom),
      sockets_(std::make_shared<const UdpSockets>(std::move(sockets))),
      sender_(sender) {}

void UdpOutput::add(uint32_t reader, UdpJoin join) {
  stream_->post([self = shared_from_this(), this, reader, join = std::move(join)](core::Stream&) {
    admit(reader, join);
  });
}

void UdpOutput::remove(uint32_t reader) {
  stream_->post([self = shared_from_this(), this, reader](core::Stream&) {
    if (readers_.erase(reader) > 0) begun_ = nullptr;
  });
}

void UdpOutput::admit(uint32_t id, const UdpJoin& join) {
  Reader reader;
  reader.to = std::make_shared<const UdpReader>(UdpReader{channelsOf(join)});
  const auto alone = std::make_shared<const UdpReaders>(UdpReaders{reader.to});
  if (const core::BlockRef first = report()) send(first, alone, nullptr);
  if (join.ring)
    for (const core::RtpBlock& block : ring(false)) {
      send(block.bytes, alone, nullptr);
      reader.begun = block.number == newest_;  // else the ring was cut to its key frame
    }
  readers_[id] = std::move(reader);
  begun_ = nullptr;
}

std::vector<Address> UdpOutput::channelsOf(const UdpJoin& join) const {
  const int family = familyOf(sockets_->rtp.get());
  std::vector<Address> channels;
  for (const UdpJoin::Track& track : join.tracks)
    for (const Address& to : {track.rtp, track.rtcp})
      channels.push_back(to.length == 0 ? to : forFamily(to, family).value_or(Address{}));
  return channels;
}

void UdpOutput::give(const core::RtpBlock& block) {
  newest_ = block.number;
  count(block);
  for (auto& [id, reader] : readers_) {
    if (reader.begun || !block.key) continue;
    reader.begun = true;
    begun_ = nullptr;
  }
  if (begun_ == nullptr) {
    auto begun = std::make_shared<UdpReaders>();
    for (const auto& [id, reader] : readers_)
      if (reader.begun) begun->push_back(reader.to);
    begun_ = std::move(begun);
  }
  if (!begun_->empty()) send(block.bytes, begun_, wait(1));
}

void UdpOutput::send(const core::BlockRef& block, std::shared_ptr<const UdpReaders> readers,
                     std::shared_ptr<void> untaken) {
  sender_.post({sockets_, block, std::move(readers), refused_, std::move(untaken)});
}

void UdpOutput::count(const core::RtpBlock& block) {
  for (core::ByteView rest = block.bytes->bytes(); !rest.empty();) {
    const size_t size = size_t{rest[2]} << 8 | rest[3];
    if (rest[1] % 2 == 0) {
      ++sent_.packets;
      sent_.bytes += size;
    }
    rest = rest.subspan(kInterleavedHeader + size);
  }
  if (readers_.empty() || block.arrival - told_ < kTellEvery) return;
  told_ = block.arrival;
  sent_.refused = *refused_;
  owner_->emit(id_, sent_);
}

}  // namespace io
