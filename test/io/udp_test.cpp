#include "io/hub.hpp"

#include <gtest/gtest.h>

#include <netinet/in.h>
#include <poll.h>

#include <condition_variable>
#include <mutex>
#include <vector>

namespace io {
namespace {

// A bound socket on one of the machine's own addresses.
class Socket {
 public:
  explicit Socket(const std::string& host = "127.0.0.1", uint16_t port = 0)
      : descriptor_(::socket(parseAddress(host, 0)->family(), SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const int yes = 1;
    setsockopt(fd(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const auto address = parseAddress(host, port);
    EXPECT_EQ(::bind(fd(), address->get(), address->length), 0);
  }

  int fd() const { return descriptor_.get(); }

  uint16_t port() const {
    sockaddr_storage bound{};
    socklen_t length = sizeof bound;
    getsockname(fd(), reinterpret_cast<sockaddr*>(&bound), &length);
    return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port
                                             : reinterpret_cast<sockaddr_in*>(&bound)->sin_port);
  }

  void send(uint16_t port, const core::Bytes& bytes, const std::string& host = "127.0.0.1") const {
    const auto to = parseAddress(host, port);
    EXPECT_EQ(sendto(fd(), bytes.data(), bytes.size(), 0, to->get(), to->length),
              static_cast<ssize_t>(bytes.size()));
  }

  core::Bytes receive() const {
    pollfd ready{fd(), POLLIN, 0};
    if (poll(&ready, 1, 10'000) != 1) return {};
    core::Bytes bytes(2000);
    bytes.resize(static_cast<size_t>(recv(fd(), bytes.data(), bytes.size(), 0)));
    return bytes;
  }

 private:
  const Descriptor descriptor_;
};

core::Bytes packetOf(uint16_t sequence) {
  return {0x80,
          0x60,
          static_cast<uint8_t>(sequence >> 8),
          static_cast<uint8_t>(sequence),
          0,
          0,
          0,
          1,
          0,
          0,
          0,
          7,
          0xaa};
}

class Udp : public testing::Test {
 protected:
  Udp()
      : owner_(std::make_shared<Owner>([this](Id, Event event) {
          std::lock_guard lock(mutex_);
          if (const auto* packet = std::get_if<PacketSeen>(&event))
            seen_.push_back(packet->sequence);
          if (std::holds_alternative<ReportSeen>(event)) ++reports_;
          if (std::holds_alternative<Closed>(event)) ++closed_;
          changed_.notify_all();
        })) {
    hub_.hold();
    stream_ = hub_.openStream(owner_, {"domain", "udp", 1'000'000, core::Micros{1'000'000}});
  }
  ~Udp() override {
    hub_.close(ingest_);
    hub_.close(stream_);
    EXPECT_TRUE(await([this] { return closed_ == 2; }));
    hub_.letGo();
  }

  void open(UdpTrack track) {
    track.rtpFd = rtp_.fd();
    track.rtcpFd = rtcp_.fd();
    RtspIngestSpec spec;
    spec.tracks.push_back({{core::Kind::other, "X", 90000}, 0, 1, 96});
    spec.inspect = true;
    spec.udp = UdpSpec{{track}, 100'000};
    ingest_ = hub_.openRtspIngest(owner_, stream_, std::move(spec));
  }
  void openFrom(const std::string& host) {
    open({.host = host, .rtpPort = camera_.port(), .rtcpPort = cameraRtcp_.port()});
  }

  template <typename Condition>
  bool await(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), condition);
  }
  std::vector<int> sequences(size_t count) {
    EXPECT_TRUE(await([&] { return seen_.size() >= count; }));
    std::lock_guard lock(mutex_);
    return seen_;
  }

  Hub& hub_ = Hub::instance();
  const OwnerRef owner_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> seen_;
  int reports_ = 0;
  int closed_ = 0;
  Id stream_ = 0;
  Id ingest_ = 0;
  Socket rtp_, rtcp_;
  Socket camera_, cameraRtcp_;
};

TEST_F(Udp, TakesPacketsInTheOrderOfTheirNumbers) {
  openFrom("127.0.0.1");
  for (const uint16_t sequence : {5, 7, 8, 6, 6, 9}) camera_.send(rtp_.port(), packetOf(sequence));
  EXPECT_EQ(sequences(5), (std::vector<int>{5, 6, 7, 8, 9}));
}

TEST_F(Udp, GoesOnWithoutWhatIsLostThoughNothingMoreComes) {
  openFrom("127.0.0.1");
  for (const uint16_t sequence : {65535, 1, 2}) camera_.send(rtp_.port(), packetOf(sequence));
  EXPECT_EQ(sequences(3), (std::vector<int>{65535, 1, 2}));
  EXPECT_EQ(hub_.streamStats(stream_)->lostPackets, 1U);
}

TEST_F(Udp, CountsNothingLostForAPacketThatIsFarTooLate) {
  openFrom("127.0.0.1");
  for (const uint16_t sequence : {1000, 1001, 500, 1002, 1003})
    camera_.send(rtp_.port(), packetOf(sequence));
  EXPECT_EQ(sequences(5), (std::vector<int>{1000, 1001, 500, 1002, 1003}));
  EXPECT_EQ(hub_.streamStats(stream_)->lostPackets, 0U);
}

TEST_F(Udp, CountsWhatIsLostAfterANewCountBegan) {
  openFrom("127.0.0.1");
  for (const uint16_t sequence : {1000, 10, 11, 12, 13, 15, 16})
    camera_.send(rtp_.port(), packetOf(sequence));
  EXPECT_EQ(sequences(7), (std::vector<int>{1000, 10, 11, 12, 13, 15, 16}));
  EXPECT_EQ(hub_.streamStats(stream_)->lostPackets, 1U);
}

TEST_F(Udp, OpensTheWayForTheCamera) {
  openFrom("127.0.0.1");
  EXPECT_EQ(camera_.receive().size(), 12U);
  const core::Bytes report = cameraRtcp_.receive();
  ASSERT_EQ(report.size(), 8U);
  EXPECT_EQ(report[1], 201);
}

TEST_F(Udp, TakesPacketsFromAnyPortOfTheCameraAndFromNobodyElse) {
  openFrom("127.0.0.2");
  const Socket stranger("127.0.0.1");
  const Socket otherPort("127.0.0.2");
  stranger.send(rtp_.port(), packetOf(1));
  otherPort.send(rtp_.port(), packetOf(2));
  EXPECT_EQ(sequences(1), std::vector<int>{2});
}

TEST_F(Udp, HearsSenderReports) {
  openFrom("127.0.0.1");
  cameraRtcp_.send(rtcp_.port(), {0x80, 200, 0, 6, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0,
                                  0,    0,   0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1});
  EXPECT_TRUE(await([this] { return reports_ == 1; }));
}

TEST_F(Udp, LivesThroughNonsense) {
  openFrom("127.0.0.1");
  camera_.send(rtp_.port(), {});
  camera_.send(rtp_.port(), {0x80});
  camera_.send(rtp_.port(), core::Bytes(60'000, 0xff));
  cameraRtcp_.send(rtcp_.port(), core::Bytes(60'000, 0x80));
  camera_.send(rtp_.port(), packetOf(3));
  EXPECT_EQ(sequences(1), std::vector<int>{3});
}

TEST_F(Udp, TakesWhatCameBeforeItWasOpened) {
  for (uint16_t sequence = 0; sequence < 100; ++sequence)
    camera_.send(rtp_.port(), packetOf(sequence));
  openFrom("127.0.0.1");
  EXPECT_EQ(sequences(100).size(), 100U);
}

TEST_F(Udp, JoinsAMulticastGroup) {
  const char* const group = "239.255.42.42";
  const Socket groupRtp(group);
  const Socket groupRtcp(group);
  RtspIngestSpec spec;
  spec.tracks.push_back({{core::Kind::other, "X", 90000}, 0, 1, 96});
  spec.inspect = true;
  UdpTrack track{groupRtp.fd(), groupRtcp.fd()};
  track.group = group;
  track.interface = "lo";
  spec.udp = UdpSpec{{track}, 0};
  ingest_ = hub_.openRtspIngest(owner_, stream_, std::move(spec));
  const in_addr loopback{htonl(INADDR_LOOPBACK)};
  setsockopt(camera_.fd(), IPPROTO_IP, IP_MULTICAST_IF, &loopback, sizeof loopback);
  camera_.send(groupRtp.port(), packetOf(1), group);
  EXPECT_EQ(sequences(1), std::vector<int>{1});
}

}  // namespace
}  // namespace io
