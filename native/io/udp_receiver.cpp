#include "io/udp_receiver.hpp"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <set>
#include <utility>
#include <vector>

namespace io {

namespace {
constexpr uint64_t kWakeToken = 0;
constexpr int kMaxEvents = 64;
constexpr size_t kMaxDatagrams = 32;
constexpr size_t kMaxDatagramBytes = 65'536;
constexpr std::chrono::milliseconds kTick{50};
}  // namespace

// What recvmmsg writes into.
class UdpReceiver::Buffers {
 public:
  Buffers() : bytes_(kMaxDatagrams * kMaxDatagramBytes) {
    for (size_t i = 0; i < kMaxDatagrams; ++i)
      pieces_[i] = {bytes_.data() + i * kMaxDatagramBytes, kMaxDatagramBytes};
  }

  // What is there now; fewer than all it takes: there is no more.
  std::span<const Datagram> read(int fd) {
    for (size_t i = 0; i < kMaxDatagrams; ++i) {
      messages_[i].msg_hdr = {};
      messages_[i].msg_hdr.msg_name = &datagrams_[i].from.storage;
      messages_[i].msg_hdr.msg_namelen = sizeof datagrams_[i].from.storage;
      messages_[i].msg_hdr.msg_iov = &pieces_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
    }
    const int count = recvmmsg(fd, messages_.data(), kMaxDatagrams, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < count; ++i) {
      datagrams_[i].from.length = messages_[i].msg_hdr.msg_namelen;
      datagrams_[i].bytes = {static_cast<const uint8_t*>(pieces_[i].iov_base),
                             messages_[i].msg_len};
    }
    return {datagrams_.data(), static_cast<size_t>(std::max(0, count))};
  }

 private:
  std::vector<uint8_t> bytes_;
  std::array<iovec, kMaxDatagrams> pieces_{};
  std::array<mmsghdr, kMaxDatagrams> messages_{};
  std::array<Datagram, kMaxDatagrams> datagrams_{};
};

UdpReceiver::UdpReceiver()
    : epoll_(epoll_create1(EPOLL_CLOEXEC)), waker_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWakeToken;
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, waker_.get(), &event);
}

UdpReceiver::~UdpReceiver() { stop(); }

uint64_t UdpReceiver::add(std::shared_ptr<const Descriptor> descriptor, size_t socket,
                          std::weak_ptr<DatagramSink> sink) {
  std::lock_guard lock(mutex_);
  const uint64_t token = ++lastToken_;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = token;
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor->get(), &event);
  entries_[token] = {std::move(descriptor), socket, std::move(sink)};
  if (!thread_.joinable()) {
    stopped_ = false;
    thread_ = std::thread([this] {
      pthread_setname_np(pthread_self(), "udp-receiver");
      run();
    });
  }
  wake();
  return token;
}

void UdpReceiver::remove(uint64_t token) {
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(token);
  if (found == entries_.end()) return;
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, found->second.descriptor->get(), nullptr);
  entries_.erase(found);
}

void UdpReceiver::stop() {
  std::thread thread;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    thread = std::move(thread_);
    wake();
  }
  if (thread.joinable()) thread.join();
}

void UdpReceiver::wake() { eventfd_write(waker_.get(), 1); }

void UdpReceiver::run() {
  Buffers buffers;
  std::array<epoll_event, kMaxEvents> events{};
  auto nextTick = std::chrono::steady_clock::now() + kTick;
  for (;;) {
    bool idle;
    {
      std::lock_guard lock(mutex_);
      if (stopped_) return;
      idle = entries_.empty();
    }
    const int timeout = idle ? -1 : static_cast<int>(kTick.count());
    const int count = epoll_wait(epoll_.get(), events.data(), kMaxEvents, timeout);
    for (int i = 0; i < count; ++i) read(buffers, events[i].data.u64);
    if (std::chrono::steady_clock::now() < nextTick) continue;
    nextTick = std::chrono::steady_clock::now() + kTick;
    tick();
  }
}

void UdpReceiver::read(Buffers& buffers, uint64_t token) {
  if (token == kWakeToken) {
    eventfd_t count;
    eventfd_read(waker_.get(), &count);
    return;
  }
  Entry entry;
  {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(token);
    if (found == entries_.end()) return;
    entry = found->second;
  }
  const std::shared_ptr<DatagramSink> sink = entry.sink.lock();
  const auto datagrams = buffers.read(entry.descriptor->get());
  // What is left is told by the next epoll_wait(), so that no socket keeps others waiting.
  if (sink && !datagrams.empty()) sink->received(entry.socket, datagrams);
}

void UdpReceiver::tick() {
  std::set<std::shared_ptr<DatagramSink>> sinks;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [token, entry] : entries_)
      if (auto sink = entry.sink.lock()) sinks.insert(std::move(sink));
  }
  for (const auto& sink : sinks) sink->tick();
}

}  // namespace io
