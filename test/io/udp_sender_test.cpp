#include "io/udp_sender.hpp"

#include "io/clock.hpp"
#include "udp_port.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <future>
#include <memory>
#include <thread>

namespace io {
namespace {

using core::Bytes;

using Port = UdpPort;

Bytes packet(uint8_t content, size_t size) { return Bytes(size, content); }

core::BlockRef blockOf(const std::vector<std::pair<uint8_t, Bytes>>& packets) {
  Bytes block;
  for (const auto& [channel, bytes] : packets) {
    block.insert(block.end(), {'$', channel, static_cast<uint8_t>(bytes.size() >> 8),
                               static_cast<uint8_t>(bytes.size())});
    block.insert(block.end(), bytes.begin(), bytes.end());
  }
  return core::makeBlock(std::move(block));
}

class UdpSenderTest : public testing::TestWithParam<bool> {
 protected:
  UdpSenderTest() : sender_(GetParam()) { sender_.start(); }

  void send(core::BlockRef block, UdpReaders readers) {
    auto shared = std::make_shared<const UdpReaders>(std::move(readers));
    sender_.post({{sockets_, std::move(shared), refused_}, std::move(block), nullptr});
  }
  static std::shared_ptr<const UdpReader> reader(std::vector<Address> channels) {
    return std::make_shared<const UdpReader>(std::move(channels));
  }

  UdpSender sender_;
  std::shared_ptr<const UdpSockets> sockets_ = std::make_shared<const UdpSockets>(
      UdpSockets{std::move(Port().socket), std::move(Port().socket)});
  std::shared_ptr<std::atomic<uint64_t>> refused_ = std::make_shared<std::atomic<uint64_t>>(0);
};

TEST_P(UdpSenderTest, EveryReaderGetsEveryPacketByItselfAndInOrder) {
  Port one, other, control;
  // 70 of one size and a rest: more than fits into one message of segments.
  std::vector<std::pair<uint8_t, Bytes>> packets{{1, packet(99, 56)}, {2, packet(98, 300)}};
  for (uint8_t i = 0; i < 70; ++i) packets.emplace_back(0, packet(i, 1200));
  packets.emplace_back(0, packet(70, 500));
  packets.emplace_back(0, packet(71, 1200));
  send(blockOf(packets),
       {reader({one.address, control.address}), reader({other.address, {}, other.address, {}})});
  for (uint8_t i = 0; i < 72; ++i) {
    const size_t size = i == 70 ? 500 : 1200;
    EXPECT_EQ(one.receive(), packet(i, size));
  }
  EXPECT_EQ(control.receive(), packet(99, 56));
  EXPECT_EQ(other.receive(), packet(98, 300));
  EXPECT_EQ(other.receive(), packet(0, 1200));
  EXPECT_EQ(*refused_, 0u);
}

TEST_P(UdpSenderTest, AReaderWithoutAWayToItIsCountedAndHurtsNobody) {
  Port one;
  // The socket is bound to this machine alone.
  const Address nowhere = *parseAddress("192.0.2.1", 9);
  const UdpReaders readers{reader({nowhere}), reader({one.address}), reader({nowhere})};
  send(blockOf({{0, packet(1, 100)}, {0, packet(2, 100)}}), readers);
  EXPECT_EQ(one.receive(), packet(1, 100));
  EXPECT_EQ(one.receive(), packet(2, 100));
  sender_.stop();
  EXPECT_GE(*refused_, 1u);
  EXPECT_EQ(readers[1]->refused, 0u);
  EXPECT_EQ(readers[0]->refused + readers[2]->refused, *refused_);
}

TEST_P(UdpSenderTest, ABacklogLeavesAtItsPaceAndInOrder) {
  Port one;
  std::vector<std::pair<uint8_t, Bytes>> packets;
  for (uint8_t i = 0; i < 100; ++i) packets.emplace_back(0, packet(i, 1200));
  const auto backlog = std::make_shared<UdpBacklog>(
      std::deque<core::BlockRef>{blockOf(packets), blockOf({{0, packet(100, 300)}})}, 1'000'000);
  auto readers = std::make_shared<const UdpReaders>(UdpReaders{reader({one.address})});
  const core::Micros begin = now();
  sender_.pace({sockets_, std::move(readers), refused_}, backlog);
  EXPECT_TRUE(backlog->add(blockOf({{0, packet(101, 300)}})));
  for (uint8_t i = 0; i < 102; ++i) EXPECT_EQ(one.receive(), packet(i, i < 100 ? 1200 : 300));
  // 120 kB, of which 32 kB leave at once.
  EXPECT_GE(now() - begin, core::Micros{80'000});
  while (!backlog->isOver()) std::this_thread::yield();
  EXPECT_FALSE(backlog->add(blockOf({})));
}

TEST_P(UdpSenderTest, NothingIsSentAfterItWasStopped) {
  Port one;
  sender_.stop();
  sender_.stop();
  send(blockOf({{0, packet(1, 100)}}), {reader({one.address})});
  EXPECT_FALSE(one.hears(0));
  sender_.start();
  send(blockOf({{0, packet(2, 100)}}), {reader({one.address})});
  EXPECT_EQ(one.receive(), packet(2, 100));
}

INSTANTIATE_TEST_SUITE_P(Udp, UdpSenderTest, testing::Bool(),
                         [](const auto& info) { return info.param ? "InSegments" : "OneByOne"; });

TEST_P(UdpSenderTest, AReaderThatHasClosedItsPortHurtsNobody) {
  Port one;
  const Address closed = Port().address;
  for (uint8_t i = 0; i < 20; ++i)
    send(blockOf({{0, packet(i, 100)}}), {reader({closed}), reader({one.address})});
  for (uint8_t i = 0; i < 20; ++i) EXPECT_EQ(one.receive(), packet(i, 100));
  EXPECT_EQ(*refused_, 0u);
}

// sendmmsg() by a script: how many messages are taken, or an error below zero; then all are taken.
struct Kernel {
  std::deque<int> answers;
  std::vector<unsigned> asked{};  // how many messages it was given, by call
  std::vector<int> taken{};  // ports of those that it took

  int send(const mmsghdr* messages, unsigned count) {
    asked.push_back(count);
    int answer = static_cast<int>(count);
    if (!answers.empty()) {
      answer = answers.front();
      answers.pop_front();
    }
    if (answer < 0) errno = -answer;
    for (int i = 0; i < answer; ++i)
      taken.push_back(
          ntohs(static_cast<const sockaddr_in*>(messages[i].msg_hdr.msg_name)->sin_port));
    return answer < 0 ? -1 : answer;
  }
};

// Sends one packet to readers at ports 1, 2, 3 ... and gives how many the kernel did not take.
uint64_t sendBy(Kernel& kernel, int readerCount, Descriptor socket = std::move(Port().socket)) {
  UdpSender sender(true, [&kernel](int, const mmsghdr* messages, unsigned count, int) {
    return kernel.send(messages, count);
  });
  sender.start();
  auto readers = std::make_shared<UdpReaders>();
  for (int port = 1; port <= readerCount; ++port)
    readers->push_back(std::make_shared<const UdpReader>(
        std::vector<Address>{*parseAddress("127.0.0.1", static_cast<uint16_t>(port))}));
  auto sockets = std::make_shared<const UdpSockets>(UdpSockets{std::move(socket), Descriptor()});
  auto refused = std::make_shared<std::atomic<uint64_t>>(0);
  std::promise<void> sent;
  std::shared_ptr<void> untaken(nullptr, [&sent](void*) { sent.set_value(); });
  sender.post({{sockets, readers, refused}, blockOf({{0, packet(1, 100)}}), std::move(untaken)});
  sent.get_future().wait();
  return *refused;
}

std::vector<int> portsFrom(int first, int last) {
  std::vector<int> ports;
  for (int port = first; port <= last; ++port) ports.push_back(port);
  return ports;
}

TEST(UdpSenderKernel, GetsAsManyMessagesInACallAsItTakes) {
  Kernel kernel{{}};
  EXPECT_EQ(sendBy(kernel, 1100), 0u);
  EXPECT_EQ(kernel.asked, (std::vector<unsigned>{1024, 76}));
  EXPECT_EQ(kernel.taken, portsFrom(1, 1100));
}

TEST(UdpSenderKernel, IsAskedAgainForWhatItDidNotTakeAtOnce) {
  Kernel kernel{{3, -EINTR, -EAGAIN, 1}};
  EXPECT_EQ(sendBy(kernel, 10), 0u);
  EXPECT_EQ(kernel.asked, (std::vector<unsigned>{10, 7, 7, 7, 6}));
  EXPECT_EQ(kernel.taken, portsFrom(1, 10));
}

TEST(UdpSenderKernel, WithoutMemoryLosesTheRestOfTheBlock) {
  Kernel kernel{{2, -ENOBUFS}};
  EXPECT_EQ(sendBy(kernel, 10), 8u);
  EXPECT_EQ(kernel.taken, portsFrom(1, 2));
}

TEST(UdpSenderKernel, WithoutRoomLosesTheRestOfTheBlock) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  const Descriptor out(ends[0]);
  Descriptor in(ends[1]);
  const Bytes much(100'000);
  while (write(in.get(), much.data(), much.size()) > 0) {
  }
  Kernel kernel{{2, -EAGAIN}};
  EXPECT_EQ(sendBy(kernel, 10, std::move(in)), 8u);
  EXPECT_EQ(kernel.taken, portsFrom(1, 2));
}

TEST(UdpSenderKernel, TellsOfAnEarlierPacketWhichCostsNobodyThisOne) {
  Kernel kernel{{1, -ECONNREFUSED}};
  EXPECT_EQ(sendBy(kernel, 3), 0u);
  EXPECT_EQ(kernel.taken, portsFrom(1, 3));
}

TEST(UdpSenderKernel, RefusesOneReaderAndTheOthersGetTheirs) {
  for (const int error : {ECONNREFUSED, EHOSTUNREACH, EPERM}) {
    const auto times = error == ECONNREFUSED ? 2 : 1;
    Kernel kernel{{1}};
    for (int i = 0; i < times; ++i) kernel.answers.push_back(-error);
    EXPECT_EQ(sendBy(kernel, 3), 1u);
    EXPECT_EQ(kernel.taken, (std::vector<int>{1, 3}));
  }
}

// How many packets each message has, when the kernel refuses the first of two pictures to the first
// of two readers.
std::vector<size_t> segmentsAfter(int error) {
  std::vector<size_t> sizes;
  bool refuses = true;
  UdpSender sender(true, [&](int, const mmsghdr* messages, unsigned count, int) {
    if (std::exchange(refuses, false)) {
      errno = error;
      return -1;
    }
    for (unsigned i = 0; i < count; ++i) sizes.push_back(messages[i].msg_hdr.msg_iovlen);
    return static_cast<int>(count);
  });
  Port one, other;
  auto readers = std::make_shared<const UdpReaders>(
      UdpReaders{std::make_shared<const UdpReader>(std::vector<Address>{one.address}),
                 std::make_shared<const UdpReader>(std::vector<Address>{other.address})});
  auto sockets =
      std::make_shared<const UdpSockets>(UdpSockets{std::move(Port().socket), Descriptor()});
  auto refused = std::make_shared<std::atomic<uint64_t>>(0);
  sender.start();
  for (int picture = 0; picture < 2; ++picture) {
    std::promise<void> sent;
    std::shared_ptr<void> untaken(nullptr, [&sent](void*) { sent.set_value(); });
    sender.post({{sockets, readers, refused},
                 blockOf({{0, packet(1, 100)}, {0, packet(2, 100)}}),
                 std::move(untaken)});
    sent.get_future().wait();
  }
  EXPECT_EQ(one.receive(), packet(1, 100));
  EXPECT_EQ(one.receive(), packet(2, 100));
  EXPECT_EQ(*refused, 0u);
  return sizes;
}

TEST(UdpSenderKernel, OneReaderBehindSmallPacketsTakesTheSegmentsFromNobodyElse) {
  for (const int error : {EINVAL, EMSGSIZE})
    EXPECT_EQ(segmentsAfter(error), (std::vector<size_t>{2, 1, 1, 2}));
}

TEST(UdpSenderKernel, WithoutSegmentsEveryReaderGetsItsPacketsOneByOne) {
  for (const int error : {EIO, EOPNOTSUPP})
    EXPECT_EQ(segmentsAfter(error), (std::vector<size_t>{2, 1, 1, 1, 1}));
}

TEST(Address, IsTheSameInBothFamilies) {
  const Address v4 = *parseAddress("10.1.2.3", 5000);
  const Address mapped = *forFamily(v4, AF_INET6);
  EXPECT_EQ(mapped.family(), AF_INET6);
  const Address back = *forFamily(mapped, AF_INET);
  EXPECT_EQ(std::memcmp(&back.storage, &v4.storage, v4.length), 0);
  EXPECT_FALSE(forFamily(*parseAddress("::1", 5000), AF_INET));
  EXPECT_FALSE(parseAddress("localhost", 1));
}

}  // namespace
}  // namespace io
