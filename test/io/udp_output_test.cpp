#include "io/udp_output.hpp"

#include "core/synthetic.hpp"
#include "listener.hpp"
#include "udp_port.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace io {
namespace {

using Begin = UdpJoin::Begin;

constexpr Id kPipeline = 1000;

uint16_t numberOf(const core::Bytes& rtp) { return static_cast<uint16_t>(rtp[2] << 8 | rtp[3]); }

// A stream that pictures are published to, and its output over UDP.
class UdpOutputTest : public testing::Test {
 protected:
  UdpOutputTest() {
    hub_.hold();
    stream_ =
        hub_.openStream(listener_.owner, {"domain", "cam", 1'000'000, core::Micros{30'000'000}});
    hub_.registerPipeline(listener_.owner, kPipeline, "domain", "cam");
    publisher_ = hub_.publish(kPipeline, "cam");
    hub_.unregisterPipeline(kPipeline);
    publisher_->begin({synthetic::videoTrack()});
    core::RtpConfig config;
    config.tracks.push_back({.payloadType = 96, .ssrc = 7});
    output_ =
        hub_.openUdp(listener_.owner, stream_, config,
                     {Descriptor(dup(rtp_.socket.get())), Descriptor(dup(rtcp_.socket.get()))});
  }
  ~UdpOutputTest() override {
    hub_.close(output_);
    listener_.wait<Closed>(output_);
    hub_.close(stream_);
    listener_.wait<Closed>(stream_);
    hub_.letGo();
  }

  // One packet each, but for the parameter sets in front of a key frame.
  void publish(bool key) {
    RawUnit unit;
    unit.key = key;
    unit.dts = unit.pts = core::Micros{40'000} * pictures_++;
    unit.payload = core::Bytes{0, 0, 0, 4, static_cast<uint8_t>(key ? 0x65 : 0x41), 0x88, 1, 2};
    EXPECT_TRUE(publisher_->push(std::move(unit)));
  }
  void publish(std::initializer_list<bool> keys) {
    for (const bool key : keys) publish(key);
  }
  Joined add(uint32_t reader, const Address& rtp, Begin begin, const Address& rtcp = {}) {
    hub_.findUdp(output_)->add(reader, {{{rtp, rtcp}}, begin});
    return listener_.wait<Joined>(output_, joined_++);
  }
  void remove(uint32_t reader) { hub_.findUdp(output_)->remove(reader); }
  // Packets that follow each other; the numbers of the first and the last one.
  static std::pair<uint16_t, uint16_t> receive(UdpPort& port, int count) {
    const uint16_t first = numberOf(port.receive());
    for (uint16_t i = 1; i < count; ++i)
      EXPECT_EQ(numberOf(port.receive()), static_cast<uint16_t>(first + i));
    return {first, static_cast<uint16_t>(first + count - 1)};
  }

  Hub& hub_ = Hub::instance();
  Listener listener_;
  UdpPort rtp_, rtcp_;  // ours
  Id stream_ = 0;
  Id output_ = 0;
  std::shared_ptr<Publisher> publisher_;
  int64_t pictures_ = 0;
  size_t joined_ = 0;
};

TEST_F(UdpOutputTest, BeginsWithTheNextKeyFrameWhereThereIsNoRing) {
  UdpPort port;
  EXPECT_TRUE(add(1, port.address, Begin::real).starts.empty());
  publish({true, false, false});
  receive(port, 4);
  EXPECT_EQ(listener_.wait<Begun>(output_).packets, 0);
}

TEST_F(UdpOutputTest, BeginsWithTheRingAndGoesOnWithoutAHole) {
  UdpPort first, second;
  add(1, first.address, Begin::real);
  publish({true, false, false});
  const auto [begin, end] = receive(first, 4);
  const Joined joined = add(2, second.address, Begin::real);
  ASSERT_EQ(joined.starts.size(), 1U);
  EXPECT_EQ(joined.starts[0].sequence, begin);
  EXPECT_GT(joined.capture, core::Micros{0});
  publish({false, false});
  EXPECT_EQ(receive(second, 6).first, begin);
  EXPECT_EQ(receive(first, 2).first, static_cast<uint16_t>(end + 1));
  EXPECT_EQ(listener_.wait<Begun>(output_, 1).packets, 0);
}

TEST_F(UdpOutputTest, LiveBeginsWithARingThatIsYoungAndNotWithAnOldOne) {
  std::unique_ptr<UdpPort> young;
  uint32_t reader = 0;
  // On a machine that is late a ring may be old before it is looked at.
  do {
    publish({true, false});
    young = std::make_unique<UdpPort>();
  } while (add(++reader, young->address, Begin::live).starts.empty());
  receive(*young, 3);
  UdpPort old;
  // More than a second passes.
  EXPECT_FALSE(old.hears(1100));
  EXPECT_TRUE(add(++reader, old.address, Begin::live).starts.empty());
  publish({false, true});
  EXPECT_EQ(receive(*young, 3).second, receive(old, 2).second);
}

TEST_F(UdpOutputTest, NumbersStandStillInAPauseAndGoOnWithAKeyFrame) {
  UdpPort before, after;
  add(1, before.address, Begin::real);
  publish({true, false});
  const uint16_t last = receive(before, 3).second;
  hub_.findUdp(output_)->pause();
  remove(1);
  publish({false, true, false});
  hub_.findUdp(output_)->play();
  EXPECT_TRUE(add(1, after.address, Begin::real).starts.empty()) << "the ring is of before";
  publish({false, true, false});
  EXPECT_EQ(receive(after, 3).first, static_cast<uint16_t>(last + 1));
  EXPECT_FALSE(before.hears(0));
  EXPECT_EQ(add(2, before.address, Begin::real).starts.size(), 1U);
}

TEST_F(UdpOutputTest, WhoIsRemovedGetsNothingMoreAndWhoIsAddedAgainIsReplaced) {
  UdpPort leaving, staying, moved;
  add(1, leaving.address, Begin::real);
  add(2, staying.address, Begin::real);
  publish({true});
  receive(leaving, 2);
  receive(staying, 2);
  remove(1);
  add(2, moved.address, Begin::live);
  publish({true, false});
  receive(moved, 2);
  EXPECT_FALSE(leaving.hears(0));
  EXPECT_FALSE(staying.hears(0));
}

TEST_F(UdpOutputTest, SenderReportsComeFirstAndPortsOfZeroGetNothing) {
  UdpPort media, control;
  publish({true});
  listener_.wait<EpochBegan>(stream_);
  add(1, Address{}, Begin::real);
  while (add(2, media.address, Begin::real, control.address).starts.empty())
    std::this_thread::yield();
  const core::Bytes report = control.receive();
  EXPECT_EQ(report[1], 200);
  receive(media, 2);
}

TEST_F(UdpOutputTest, AReaderThatCannotBeReachedIsCountedAndTheOthersGetTheirs) {
  UdpPort port;
  // The sockets are bound to this machine alone.
  add(1, *parseAddress("192.0.2.1", 9), Begin::real);
  add(2, port.address, Begin::real);
  publish({true});
  receive(port, 2);
  EXPECT_FALSE(port.hears(1100));
  publish({false});
  receive(port, 1);
  const Sent sent = listener_.wait<Sent>(output_, 1);
  EXPECT_GE(sent.refused, 1U);
  ASSERT_EQ(sent.dropped.size(), 1U);
  EXPECT_EQ(sent.dropped[0].reader, 1U);
  EXPECT_EQ(sent.dropped[0].packets, sent.refused);
}

}  // namespace
}  // namespace io
