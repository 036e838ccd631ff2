#include "io/srtp.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace io {
namespace {

SrtpKey keyOf(uint8_t first, bool shortTag = false) {
  core::Bytes key(30);
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<uint8_t>(first + i);
  return {key, shortTag};
}

core::Bytes rtp(uint16_t sequence) {
  const auto high = static_cast<uint8_t>(sequence >> 8);
  const auto low = static_cast<uint8_t>(sequence);
  return {0x80, 96, high, low, 0, 0, 0, 1, 0x11, 0x22, 0x33, 0x44, 'm', 'e', 'd', 'i', 'a'};
}

const core::Bytes kReport{0x80, 201, 0, 1, 0x11, 0x22, 0x33, 0x44};

TEST(Srtp, OpensWhatWasProtectedByTheSameKey) {
  for (const bool shortTag : {false, true}) {
    const auto out = Srtp::make(keyOf(1, shortTag), Srtp::Way::out);
    const auto in = Srtp::make(keyOf(1, shortTag), Srtp::Way::in);
    core::Bytes packet = rtp(7);
    ASSERT_TRUE(out->protect(packet, false));
    EXPECT_EQ(packet.size(), rtp(7).size() + (shortTag ? 4 : 10));
    EXPECT_NE(packet.back(), 'a');
    ASSERT_EQ(in->open(packet, false), Srtp::Opened::yes);
    EXPECT_EQ(packet, rtp(7));
    core::Bytes report = kReport;
    ASSERT_TRUE(out->protect(report, true));
    ASSERT_EQ(in->open(report, true), Srtp::Opened::yes);
    EXPECT_EQ(report, kReport);
  }
}

TEST(Srtp, OpensNothingOfOthersAndNothingTwice) {
  const auto out = Srtp::make(keyOf(1), Srtp::Way::out);
  const auto in = Srtp::make(keyOf(1), Srtp::Way::in);
  const auto other = Srtp::make(keyOf(2), Srtp::Way::in);
  core::Bytes packet = rtp(7);
  ASSERT_TRUE(out->protect(packet, false));
  core::Bytes twice = packet;
  core::Bytes stolen = packet;
  EXPECT_EQ(other->open(stolen, false), Srtp::Opened::no);
  EXPECT_EQ(in->open(packet, false), Srtp::Opened::yes);
  EXPECT_EQ(in->open(twice, false), Srtp::Opened::again);
  core::Bytes plain = rtp(8);
  EXPECT_EQ(in->open(plain, false), Srtp::Opened::no);
  core::Bytes nothing;
  EXPECT_EQ(in->open(nothing, false), Srtp::Opened::no);
  EXPECT_EQ(in->open(nothing, true), Srtp::Opened::no);
}

TEST(Srtp, GoesOnWhereSequenceNumbersHavePassedZero) {
  const auto out = Srtp::make(keyOf(1), Srtp::Way::out);
  core::Bytes last;
  for (int count = 0; count < 66'000; ++count) {
    last = rtp(static_cast<uint16_t>(count));
    ASSERT_TRUE(out->protect(last, false));
  }
  core::Bytes again = last;
  EXPECT_EQ(Srtp::make(keyOf(1), Srtp::Way::in)->open(last, false), Srtp::Opened::no);
  const auto told = Srtp::make(keyOf(1), Srtp::Way::in, {{0x11223344, 1}});
  EXPECT_EQ(told->open(again, false), Srtp::Opened::yes);
}

TEST(Srtp, TakesNoKeyOfAnotherLength) {
  EXPECT_EQ(Srtp::make({core::Bytes(16), false}, Srtp::Way::in), nullptr);
}

TEST(Srtp, LeavesWhatStandsInFrontOfAPacket) {
  const auto out = Srtp::make(keyOf(1), Srtp::Way::out);
  const core::Bytes plain = rtp(7);
  core::Bytes framed(4 + plain.size(), '$');
  std::copy(plain.begin(), plain.end(), framed.begin() + 4);
  ASSERT_TRUE(out->protect(framed, false, 4));
  EXPECT_EQ(framed[0], '$');
  core::Bytes packet(framed.begin() + 4, framed.end());
  ASSERT_EQ(Srtp::make(keyOf(1), Srtp::Way::in)->open(packet, false), Srtp::Opened::yes);
  EXPECT_EQ(packet, rtp(7));
}

}  // namespace
}  // namespace io
