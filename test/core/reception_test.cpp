#include "core/reception.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

constexpr uint32_t kSource = 0x11223344;

class ReceptionTest : public testing::Test {
 protected:
  void packet(int sequence, int ms, uint32_t timestamp, uint32_t ssrc = kSource) {
    RtpPacket packet;
    packet.ssrc = ssrc;
    packet.sequence = static_cast<uint16_t>(sequence);
    packet.timestamp = timestamp;
    reception_.packet(packet, Micros{ms * 1000});
  }
  void run(int from, int count) {
    for (int i = from; i < from + count; ++i) packet(i, i * 10, static_cast<uint32_t>(i) * 900);
  }
  ReceptionReport report(int ms = 0) {
    return reception_.report(Micros{ms * 1000}).value_or(ReceptionReport{});
  }

  Reception reception_{90'000};
};

TEST_F(ReceptionTest, HasNothingToTellBeforeTheFirstPacket) {
  EXPECT_FALSE(reception_.report(Micros{0}));
}

TEST_F(ReceptionTest, CountsNoLossWhereThereIsNone) {
  run(65'500, 100);
  const ReceptionReport told = report();
  EXPECT_EQ(told.ssrc, kSource);
  EXPECT_EQ(told.lost, 0);
  EXPECT_EQ(told.fractionLost, 0);
  EXPECT_EQ(told.highestSequence, 65'599U);
  EXPECT_EQ(told.jitter, 0U);
}

TEST_F(ReceptionTest, TellsTheFractionLostSinceTheLastReport) {
  run(0, 50);
  run(100, 50);
  EXPECT_EQ(report().lost, 50);
  run(150, 75);
  run(250, 0);
  packet(249, 2490, 249 * 900);
  const ReceptionReport told = report();
  EXPECT_EQ(told.lost, 74);
  EXPECT_EQ(told.fractionLost, 24 * 256 / 100);
}

TEST_F(ReceptionTest, CountsPacketsThatComeTwiceAgainstLosses) {
  run(0, 10);
  run(0, 10);
  EXPECT_EQ(report().lost, -10);
}

TEST_F(ReceptionTest, TellsJitterInUnitsOfTheClock) {
  for (int i = 0; i < 1000; ++i) packet(i, i * 10 + i % 2 * 4, static_cast<uint32_t>(i) * 900);
  EXPECT_NEAR(report().jitter, 360, 10);
}

TEST_F(ReceptionTest, TellsJitterInMicrosecondsAsWell) {
  EXPECT_EQ(reception_.jitter(), Micros{0});
  for (int i = 0; i < 1000; ++i) packet(i, i * 10 + i % 2 * 4, static_cast<uint32_t>(i) * 900);
  EXPECT_NEAR(static_cast<double>(reception_.jitter().count()), 4000, 120);
  EXPECT_EQ(Reception{0}.jitter(), Micros{0});
}

TEST_F(ReceptionTest, TellsWhenTheLastSenderReportCame) {
  run(0, 1);
  EXPECT_EQ(report(100).lastReport, 0U);
  SenderReport sent;
  sent.ssrc = kSource;
  sent.ntpMiddle = 0xabcd1234;
  reception_.senderReport(sent, Micros{1'000'000});
  EXPECT_EQ(report(1500).lastReport, 0xabcd1234);
  EXPECT_EQ(report(1500).delay, 32'768U);
}

TEST_F(ReceptionTest, BeginsAnewWithAnotherSourceOrCount) {
  run(0, 10);
  packet(500, 0, 0, 7);
  EXPECT_EQ(report().ssrc, 7U);
  EXPECT_EQ(report().lost, 0);
  packet(40'000, 0, 0, 7);
  packet(40'001, 0, 0, 7);
  EXPECT_EQ(report().highestSequence, 40'001U);
  EXPECT_EQ(report().lost, 0);
}

TEST_F(ReceptionTest, IsWrittenAsReceiverReportWithAName) {
  ReceptionReport heard{kSource, 64, -1, 0x00010002, 360, 0xabcd1234, 32'768};
  Bytes bytes;
  appendReceiverReport(0x55667788, heard, "me", bytes);
  const Bytes expected{0x81, 0xc9, 0,    7,    0x55, 0x66, 0x77, 0x88, 0x11, 0x22, 0x33, 0x44,
                       64,   0xff, 0xff, 0xff, 0,    1,    0,    2,    0,    0,    1,    0x68,
                       0xab, 0xcd, 0x12, 0x34, 0,    0,    0x80, 0,    0x81, 0xca, 0,    3,
                       0x55, 0x66, 0x77, 0x88, 1,    2,    'm',  'e',  0,    0,    0,    0};
  EXPECT_EQ(bytes, expected);
}

}  // namespace
}  // namespace core
