#include "io/udp_tracks.hpp"

#include "io/clock.hpp"

#include <net/if.h>
#include <netinet/in.h>

#include <array>
#include <cstring>
#include <utility>

namespace io {

namespace {
// What waits for a media thread.
constexpr size_t kDatagramBytes = 4'000'000;

// An RTP header without media, and a receiver report without a source: what is small and harmless.
constexpr std::array<uint8_t, 12> kEmptyRtp{0x80};
constexpr std::array<uint8_t, 8> kEmptyReport{0x80, 201, 0, 1};

std::shared_ptr<const Descriptor> ownCopy(int fd) {
  return std::make_shared<const Descriptor>(duplicate(fd));
}

int familyOf(int fd) {
  int family = AF_UNSPEC;
  socklen_t length = sizeof family;
  getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length);
  return family;
}

void setReceiveBuffer(int fd, size_t bytes) {
  const int size = static_cast<int>(bytes);
  // Beyond net.core.rmem_max only where we may.
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

void join(int fd, const std::string& group, const std::string& interface) {
  const auto address = parseAddress(group, 0);
  if (!address) return;
  group_req request{};
  request.gr_interface = if_nametoindex(interface.c_str());
  std::memcpy(&request.gr_group, &address->storage, sizeof address->storage);
  const int level = address->family() == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
  setsockopt(fd, level, MCAST_JOIN_GROUP, &request, sizeof request);
}

std::optional<Address> peerOf(const std::string& host, uint16_t port, int fd) {
  const auto address = parseAddress(host, port);
  return address && port != 0 ? forFamily(*address, familyOf(fd)) : std::nullopt;
}

// The port may be another one than was announced.
bool isSameHost(const Address& one, const Address& other) {
  if (one.family() != other.family()) return false;
  if (one.family() == AF_INET)
    return reinterpret_cast<const sockaddr_in*>(&one.storage)->sin_addr.s_addr ==
           reinterpret_cast<const sockaddr_in*>(&other.storage)->sin_addr.s_addr;
  return std::memcmp(&reinterpret_cast<const sockaddr_in6*>(&one.storage)->sin6_addr,
                     &reinterpret_cast<const sockaddr_in6*>(&other.storage)->sin6_addr,
                     sizeof(in6_addr)) == 0;
}

void send(const Descriptor& socket, const std::optional<Address>& peer, core::ByteView bytes) {
  if (peer)
    sendto(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL, peer->get(),
           peer->length);
}
}  // namespace

UdpTracks::UdpTracks(UdpReceiver& receiver, const UdpSpec& spec, std::function<void()> wake)
    : receiver_(receiver), wake_(std::move(wake)) {
  for (const UdpTrack& track : spec.tracks) tracks_.push_back(open(track, spec.receiveBufferBytes));
}

UdpTracks::~UdpTracks() { close(); }

UdpTracks::Track UdpTracks::open(const UdpTrack& spec, size_t receiveBufferBytes) {
  Track track{ownCopy(spec.rtpFd), ownCopy(spec.rtcpFd), {}, {}, {}};
  if (const auto address = parseAddress(spec.host, 0))
    track.source = forFamily(*address, familyOf(spec.rtpFd));
  if (receiveBufferBytes > 0) setReceiveBuffer(track.rtp->get(), receiveBufferBytes);
  track.rtcpPeer = peerOf(spec.host, spec.rtcpPort, spec.rtcpFd);
  if (spec.group.empty()) {
    track.rtpPeer = peerOf(spec.host, spec.rtpPort, spec.rtpFd);
    return track;
  }
  join(track.rtp->get(), spec.group, spec.interface);
  join(track.rtcp->get(), spec.group, spec.interface);
  return track;
}

void UdpTracks::open() {
  for (size_t index = 0; index < tracks_.size(); ++index) {
    const Track& track = tracks_[index];
    tokens_.push_back(receiver_.add(track.rtp, 2 * index, weak_from_this()));
    tokens_.push_back(receiver_.add(track.rtcp, 2 * index + 1, weak_from_this()));
    punch(track);
  }
}

void UdpTracks::close() {
  for (const uint64_t token : std::exchange(tokens_, {})) receiver_.remove(token);
}

void UdpTracks::punch(const Track& track) const {
  send(*track.rtp, track.rtpPeer, kEmptyRtp);
  send(*track.rtcp, track.rtcpPeer, kEmptyReport);
}

void UdpTracks::sendRtcp(size_t track, core::ByteView bytes) const {
  send(*tracks_[track].rtcp, tracks_[track].rtcpPeer, bytes);
}

void UdpTracks::take(Batch& batch) {
  batch.bytes.clear();
  batch.packets.clear();
  std::lock_guard lock(mutex_);
  std::swap(batch, waiting_);
}

void UdpTracks::received(size_t socket, std::span<const Datagram> datagrams) {
  const core::Micros arrival = now();
  const Track& track = tracks_[socket / 2];
  {
    std::lock_guard lock(mutex_);
    for (const Datagram& it : datagrams) {
      if (track.source && !isSameHost(it.from, *track.source)) continue;
      if (waiting_.bytes.size() + it.bytes.size() > kDatagramBytes) continue;  // its number tells
      waiting_.packets.push_back(
          {socket / 2, socket % 2 == 1, arrival, waiting_.bytes.size(), it.bytes.size()});
      waiting_.bytes.insert(waiting_.bytes.end(), it.bytes.begin(), it.bytes.end());
    }
    if (waiting_.packets.empty()) return;
  }
  wake_();
}

void UdpTracks::tick() {
  if (holding_) wake_();
}

}  // namespace io
