#include "core/latm.hpp"

#include "core/bit_writer.hpp"
#include "core/hex.hpp"
#include "core/rtp_feed.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

// As ffmpeg and GStreamer describe AAC-LC, 48 kHz, two channels.
RtpTrackConfig latmTrack(const char* streamMux = "400023203fc0", bool inBand = false) {
  RtpTrackConfig made;
  made.kind = Kind::audio;
  made.codec = "MP4A-LATM";
  made.clockRateHz = 48000;
  made.config = hex(streamMux);
  made.configInBand = inBand;
  return made;
}

const Bytes kUnit = hex("210102030405");
const Bytes kOther = hex("2111121314");

// A unit of more than 255 bytes takes two bytes of length, one of exactly 255 as well.
Bytes longUnit(size_t size) {
  Bytes unit{0x21};
  while (unit.size() < size) unit.push_back(static_cast<uint8_t>(unit.size()));
  return unit;
}

// AudioMuxElement(1) with 16 kHz mono, from its first bit on.
BitWriter inBand() {
  BitWriter bits;
  bits.bits(0, 1);
  return bits.bits(0, 1).bits(1, 1).bits(0, 6).bits(0, 4).bits(0, 3).bits(0x1408, 16).bits(0, 3);
}

Bytes withUnit(BitWriter bits, const Bytes& unit) {
  bits.bits(unit.size(), 8);
  for (const uint8_t byte : unit) bits.bits(byte, 8);
  return bits.take();
}

TEST(Latm, UnitsComeOutOfElementsAsAac) {
  RtpFeed feed(latmTrack());
  const auto& aac = std::get<AacParameters>(feed.parameters.at(0));
  EXPECT_EQ(aac.config, hex("1190"));
  EXPECT_EQ(aac.sampleRateHz, 48000u);
  EXPECT_EQ(aac.channels, 2u);
  feed.send(0, join({hex("06"), kUnit}), true);
  feed.send(1024, join({hex("ff00"), longUnit(255)}), true);
  feed.send(2048, join({hex("ff2d"), longUnit(300)}), true);
  ASSERT_EQ(feed.units.size(), 3u);
  EXPECT_EQ(feed.units[0].payload, kUnit);
  EXPECT_EQ(feed.units[1].payload, longUnit(255));
  EXPECT_EQ(feed.units[2].payload, longUnit(300));
  EXPECT_TRUE(feed.units[2].key);
  const Track track = trackOf(latmTrack(), feed.parameters[0]);
  EXPECT_EQ(track.codec, "MPEG4-GENERIC");
  EXPECT_EQ(track.clockRateHz, 48000u);
}

TEST(Latm, SeveralUnitsOfAPacketFollowOnEachOther) {
  RtpFeed feed(latmTrack());
  feed.send(0, join({hex("06"), kUnit, hex("05"), kOther}), true);
  ASSERT_EQ(feed.units.size(), 2u);
  EXPECT_EQ(feed.units[1].payload, kOther);
  EXPECT_EQ(feed.units[1].timestamp, 1024u);
}

TEST(Latm, AnElementInPiecesIsPutTogetherUnlessOneIsLost) {
  const Bytes whole = join({hex("ff2d"), longUnit(300)});
  const Bytes first(whole.begin(), whole.begin() + 100);
  const Bytes second(whole.begin() + 100, whole.begin() + 200);
  const Bytes third(whole.begin() + 200, whole.end());
  RtpFeed feed(latmTrack());
  for (const bool middle : {true, false}) {
    feed.send(middle, first);
    if (middle)
      feed.send(middle, second);
    else
      feed.lose();
    feed.send(middle, third, true);
  }
  feed.lose();
  feed.send(7, third, true);
  feed.send(8, join({hex("06"), kUnit}), true);
  ASSERT_EQ(feed.units.size(), 2u);
  EXPECT_EQ(feed.units[0].payload, longUnit(300));
  EXPECT_EQ(feed.units[1].payload, kUnit);
}

TEST(Latm, AnElementThatLosesTwoPiecesIsNoUnit) {
  RtpFeed feed(latmTrack());
  feed.send(0, hex("0a21"));
  feed.lose();
  feed.send(0, hex("0102"));
  feed.lose();
  // By itself it would be one.
  feed.send(0, join({hex("06"), kUnit}), true);
  EXPECT_TRUE(feed.units.empty());
}

TEST(Latm, TheConfigurationMayComeWithTheUnits) {
  RtpTrackConfig bare = latmTrack("", true);
  bare.clockRateHz = 90000;
  RtpFeed feed(bare);
  EXPECT_TRUE(feed.parameters.empty());
  feed.send(0, withUnit(BitWriter().bits(1, 1), kUnit),
            true);  // that of before, which is not known
  feed.send(1, withUnit(inBand().bits(0xff, 8).bits(0, 2), kUnit), true);
  feed.send(2, withUnit(BitWriter().bits(1, 1), kOther), true);
  ASSERT_EQ(feed.parameters.size(), 1u);
  const auto& aac = std::get<AacParameters>(feed.parameters[0]);
  EXPECT_EQ(aac.sampleRateHz, 16000u);
  EXPECT_EQ(aac.channels, 1u);
  ASSERT_EQ(feed.units.size(), 2u);
  EXPECT_EQ(feed.units[0].payload, kUnit);
  EXPECT_EQ(feed.units[1].payload, kOther);
  EXPECT_EQ(trackOf(bare, feed.parameters[0]).clockRateHz, 16000u);
}

TEST(Latm, ConfigurationsOfEitherVersionAreRead) {
  BitWriter bits;
  bits.bits(1, 1).bits(0, 1).bits(0, 2).bits(7, 8);  // version 1, its buffer
  bits.bits(1, 1).bits(0, 6).bits(0, 4).bits(0, 3);
  bits.bits(0, 2).bits(16, 8).bits(0x1190, 16);  // the configuration after its length
  bits.bits(0, 3).bits(0xff, 8).bits(1, 1).bits(0, 2).bits(8, 8).bits(1, 1).bits(0x55, 8);
  const Bytes version1 = bits.take();
  BitReader reader(version1);
  const auto mux = latm::readStreamMux(reader);
  ASSERT_TRUE(mux);
  EXPECT_EQ(mux->aac.config, hex("1190"));
  EXPECT_TRUE(mux->hasOtherData);
}

TEST(Latm, WhatGStreamerMakesOfAnExtensionIsRead) {
  RtpFeed feed(latmTrack("40002320adca00"));
  EXPECT_EQ(std::get<AacParameters>(feed.parameters.at(0)).config, hex("119056e500"));
  feed.send(0, join({hex("06"), kUnit}), true);
  ASSERT_EQ(feed.units.size(), 1u);
  EXPECT_EQ(feed.units[0].payload, kUnit);
}

TEST(Latm, WhatNobodySendsIsNotUnderstood) {
  for (const char* wrong :
       {"", "40", "4000", "000023203fc0", "401023203fc0", "c00023203fc0", "400023213fc0"}) {
    const Bytes bytes = hex(wrong);
    BitReader reader(bytes);
    EXPECT_FALSE(latm::readStreamMux(reader)) << wrong;
  }
}

}  // namespace
}  // namespace core
