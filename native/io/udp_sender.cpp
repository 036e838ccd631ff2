#include "io/udp_sender.hpp"

#include "io/clock.hpp"

#include <linux/udp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <iterator>
#include <utility>

namespace io {

namespace {
constexpr size_t kInterleavedHeader = 4;
// Linux: UDP_MAX_SEGMENTS, and what fits into a datagram.
constexpr size_t kMaxSegments = 64;
constexpr size_t kMaxRunBytes = 65'000;
constexpr size_t kMaxMessages = 1024;  // UIO_MAXIOV bounds sendmmsg too
constexpr int kRoomTimeoutMs = 20;
constexpr std::chrono::milliseconds kPace{5};

struct Packet {
  uint8_t channel;
  core::ByteView bytes;
};

std::vector<Packet> packetsOf(core::ByteView block) {
  std::vector<Packet> packets;
  while (block.size() > kInterleavedHeader) {
    const size_t size = size_t{block[2]} << 8 | block[3];
    packets.push_back({block[1], block.subspan(kInterleavedHeader, size)});
    block = block.subspan(kInterleavedHeader + size);
  }
  return packets;
}

bool isReport(uint8_t channel) { return channel % 2 == 1; }

// What a device without checksum offload says to GSO.
bool isWithoutSegments(int error) { return error == EIO || error == EOPNOTSUPP; }

// And the way to one reader, whose packets are smaller.
bool refusesSegments(int error) {
  return isWithoutSegments(error) || error == EINVAL || error == EMSGSIZE;
}
}  // namespace

// Packets that travel as one message: all of one size, but for a smaller last one.
struct UdpSender::Run {
  uint8_t channel = 0;
  std::vector<iovec> pieces;
  size_t bytes = 0;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(uint16_t))> control{};

  bool takes(const Packet& packet, bool segments) const {
    if (pieces.empty()) return true;
    return segments && packet.channel == channel && pieces.size() < kMaxSegments &&
           pieces.back().iov_len == pieces.front().iov_len &&
           packet.bytes.size() <= pieces.front().iov_len &&
           bytes + packet.bytes.size() <= kMaxRunBytes;
  }
  void add(const Packet& packet) {
    channel = packet.channel;
    pieces.push_back({const_cast<uint8_t*>(packet.bytes.data()), packet.bytes.size()});
    bytes += packet.bytes.size();
  }
  static std::vector<Run> of(const std::vector<Packet>& packets, bool segments) {
    std::vector<Run> runs;
    for (const Packet& packet : packets) {
      if (runs.empty() || runs.back().channel != packet.channel ||
          !runs.back().takes(packet, segments))
        runs.emplace_back();
      runs.back().add(packet);
    }
    for (Run& run : runs) run.finish();
    return runs;
  }
  void finish() {
    if (pieces.size() < 2) return;
    auto* header = reinterpret_cast<cmsghdr*>(control.data());
    header->cmsg_level = IPPROTO_UDP;
    header->cmsg_type = UDP_SEGMENT;
    header->cmsg_len = CMSG_LEN(sizeof(uint16_t));
    const auto size = static_cast<uint16_t>(pieces.front().iov_len);
    std::memcpy(CMSG_DATA(header), &size, sizeof size);
  }
};

struct UdpSender::Batch {
  std::atomic<uint64_t>& refused;
  std::vector<mmsghdr> messages{};
  std::vector<const UdpReader*> readers{};  // of each message

  size_t packetsAt(size_t at) const { return messages[at].msg_hdr.msg_iovlen; }
  void refuse(size_t at, size_t packets) {
    readers[at]->refused += packets;
    refused += packets;
  }
  void refuseFrom(size_t at) {
    for (; at < messages.size(); ++at) refuse(at, packetsAt(at));
  }
  void add(Run& run, const Address& to, const UdpReader& reader) {
    mmsghdr message{};
    message.msg_hdr.msg_name = const_cast<sockaddr*>(to.get());
    message.msg_hdr.msg_namelen = to.length;
    message.msg_hdr.msg_iov = run.pieces.data();
    message.msg_hdr.msg_iovlen = run.pieces.size();
    if (run.pieces.size() > 1) {
      message.msg_hdr.msg_control = run.control.data();
      message.msg_hdr.msg_controllen = run.control.size();
    }
    messages.push_back(message);
    readers.push_back(&reader);
  }
};

UdpSender::~UdpSender() { stop(); }

void UdpSender::start() {
  std::lock_guard lock(mutex_);
  if (!std::exchange(stopped_, false)) return;
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "udp-sender");
    run();
  });
}

void UdpSender::stop() {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(stopped_, true)) return;
  }
  changed_.notify_one();
  thread_.join();
  jobs_.clear();
  joining_.clear();
  paced_.clear();
}

void UdpSender::post(UdpJob job) {
  {
    std::lock_guard lock(mutex_);
    if (stopped_) return;
    jobs_.push_back(std::move(job));
    if (jobs_.size() > 1) return;
  }
  changed_.notify_one();
}

void UdpSender::pace(UdpWay way, std::shared_ptr<UdpBacklog> backlog) {
  {
    std::lock_guard lock(mutex_);
    if (stopped_) return;
    joining_.push_back({std::move(way), std::move(backlog)});
  }
  changed_.notify_one();
}

void UdpSender::run() {
  std::deque<UdpJob> taken;
  std::unique_lock lock(mutex_);
  while (wait(lock)) {
    taken.swap(jobs_);
    std::move(joining_.begin(), joining_.end(), std::back_inserter(paced_));
    joining_.clear();
    lock.unlock();
    for (; !taken.empty(); taken.pop_front()) send(taken.front().way, taken.front().block->bytes());
    catchUp();
    lock.lock();
  }
}

// False: it is stopped.
bool UdpSender::wait(std::unique_lock<std::mutex>& lock) {
  const auto isDue = [this] { return stopped_ || !jobs_.empty() || !joining_.empty(); };
  if (paced_.empty())
    changed_.wait(lock, isDue);
  else
    changed_.wait_for(lock, kPace, isDue);
  return !stopped_;
}

void UdpSender::catchUp() {
  for (const auto& [way, backlog] : paced_)
    for (;;) {
      const UdpBacklog::Part part = backlog->take(now());
      if (part.packets.empty()) break;
      send(way, part.packets);
    }
  std::erase_if(paced_, [](const Paced& it) { return it.backlog->isOver(); });
}

void UdpSender::send(const UdpWay& way, core::ByteView block) {
  const std::vector<Packet> packets = packetsOf(block);
  std::vector<Run> runs = Run::of(packets, segments_);
  std::vector<Run> singly;  // for those who take no segments
  Batch media{*way.refused};
  Batch reports{*way.refused};
  for (const auto& reader : *way.readers) {
    if (!reader->takesSegments && singly.empty()) singly = Run::of(packets, false);
    for (Run& run : reader->takesSegments ? runs : singly) {
      if (run.channel >= reader->channels.size()) continue;
      const Address& to = reader->channels[run.channel];
      if (to.length > 0) (isReport(run.channel) ? reports : media).add(run, to, *reader);
    }
  }
  flush(way.sockets->rtcp.get(), reports);
  flush(way.sockets->rtp.get(), media);
}

void UdpSender::flush(int fd, Batch& batch) {
  auto& messages = batch.messages;
  bool again = false;  // the first of the rest has been refused for what an earlier one met
  for (size_t at = 0; at < messages.size();) {
    const auto count = static_cast<unsigned>(std::min(messages.size() - at, kMaxMessages));
    const int sent = sendMessages_(fd, &messages[at], count, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      at += static_cast<size_t>(sent);
      again = false;
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == ECONNREFUSED && !std::exchange(again, true)) continue;
    if (errno == EAGAIN || errno == ENOBUFS) {
      pollfd room{fd, POLLOUT, 0};
      if (errno == EAGAIN && poll(&room, 1, kRoomTimeoutMs) > 0) continue;
      return batch.refuseFrom(at);
    }
    // The first of them is at fault: there is no way to its reader, or one that takes no segments.
    const size_t packets = batch.packetsAt(at);
    const bool alone = packets == 1 || !refusesSegments(errno);
    batch.refuse(at, alone ? packets : sendSingly(fd, messages[at].msg_hdr, *batch.readers[at]));
    ++at;
    again = false;
  }
}

// Packets go one by one there, and if that helps from now on: to this reader, or to all where the
// device is at fault. Gives how many did not go.
size_t UdpSender::sendSingly(int fd, const msghdr& message, const UdpReader& reader) {
  const bool everywhere = isWithoutSegments(errno);
  size_t refused = 0;
  for (size_t index = 0; index < message.msg_iovlen; ++index) {
    const iovec& piece = message.msg_iov[index];
    if (sendto(fd, piece.iov_base, piece.iov_len, MSG_DONTWAIT | MSG_NOSIGNAL,
               static_cast<const sockaddr*>(message.msg_name), message.msg_namelen) < 0)
      ++refused;
  }
  if (refused == message.msg_iovlen) return refused;
  if (everywhere)
    segments_ = false;
  else
    reader.takesSegments = false;
  return refused;
}

}  // namespace io
