#include "io/udp_sender.hpp"

#include "io/clock.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cstring>

#include <memory>
#include <thread>

namespace io {
namespace {

using core::Bytes;

// A bound UDP socket on this machine.
struct Port {
  Descriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  Address address;

  Port() {
    Address any = *parseAddress("127.0.0.1", 0);
    EXPECT_EQ(bind(socket.get(), any.get(), any.length), 0);
    address.length = sizeof address.storage;
    getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address.storage), &address.length);
  }
  Bytes receive() {
    pollfd ready{socket.get(), POLLIN, 0};
    EXPECT_EQ(poll(&ready, 1, 10'000), 1);
    Bytes bytes(2000);
    const ssize_t size = recv(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    bytes.resize(size > 0 ? static_cast<size_t>(size) : 0);
    return bytes;
  }
};

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
    return std::make_shared<const UdpReader>(UdpReader{std::move(channels)});
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
  send(blockOf({{0, packet(1, 100)}, {0, packet(2, 100)}}),
       {reader({nowhere}), reader({one.address}), reader({nowhere})});
  EXPECT_EQ(one.receive(), packet(1, 100));
  EXPECT_EQ(one.receive(), packet(2, 100));
  sender_.stop();
  EXPECT_GE(*refused_, 1u);
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
  while (backlog->add(blockOf({}))) std::this_thread::yield();
}

TEST_P(UdpSenderTest, NothingIsSentAfterItWasStopped) {
  Port one;
  sender_.stop();
  sender_.stop();
  send(blockOf({{0, packet(1, 100)}}), {reader({one.address})});
  pollfd ready{one.socket.get(), POLLIN, 0};
  EXPECT_EQ(poll(&ready, 1, 0), 0);
  sender_.start();
  send(blockOf({{0, packet(2, 100)}}), {reader({one.address})});
  EXPECT_EQ(one.receive(), packet(2, 100));
}

INSTANTIATE_TEST_SUITE_P(Udp, UdpSenderTest, testing::Bool(),
                         [](const auto& info) { return info.param ? "InSegments" : "OneByOne"; });

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
