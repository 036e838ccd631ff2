#include "core/h265_depacketizer.hpp"

#include "core/bit_writer.hpp"
#include "core/hex.hpp"
#include "core/rtp_feed.hpp"

#include <gtest/gtest.h>

// What H.265 does otherwise than H.264: the rest is the same code.
namespace core {
namespace {

const Bytes kVps = hex("40010c01ffff01600000030090000003000003003c959009");
const Bytes kSps =
    hex("42010101600000030090000003000003003ca00a080f16595912930bc05a020000030002000003003210");
const Bytes kPps = hex("4401c073c189");
const Bytes kOtherSps = hex(
    "420101022000000300900000030000030078a003c0801107cad965654a4e1780b40400000fa40001d4c1827259b800"
    "3d090007a122");
const Bytes kSei = hex("4e01 05 02 aabb 80");
const Bytes kRecoveryPoint = hex("4e01 06 01 d0 80");
const Bytes kAud = hex("460110");
const Bytes kCode = hex("00000001");

RtpTrackConfig withSets(std::vector<Bytes> sets = {kVps, kSps, kPps}) {
  RtpTrackConfig config;
  config.kind = Kind::video;
  config.codec = "H265";
  config.parameterSets = std::move(sets);
  return config;
}

struct Slice {
  uint8_t type = h265::kIdrNLp;
  bool first = true;
  uint32_t sliceType = 1;  // P
  uint8_t temporalId = 0;
};

Bytes slice(const Slice& draft) {
  Bytes nal{static_cast<uint8_t>(draft.type << 1), static_cast<uint8_t>(draft.temporalId + 1)};
  BitWriter out;
  out.bits(draft.first, 1);
  if (draft.type >= h265::kFirstIrap) out.bits(0, 1);
  out.ue(0);
  if (draft.first) out.ue(draft.sliceType);
  const Bytes head = out.finish();
  nal.insert(nal.end(), head.begin(), head.end());
  while (nal.size() < 20) nal.push_back(static_cast<uint8_t>(0x80 + nal.size()));
  return nal;
}

const Bytes kIdr = slice({.sliceType = 2});
const Bytes kIdrRest = slice({.first = false});
const Bytes kTrail = slice({.type = 1});
const Bytes kTrailRest = slice({.type = 1, .first = false});

Bytes unitOf(std::initializer_list<Bytes> nals) {
  Bytes unit;
  for (const Bytes& nal : nals)
    unit = join({unit, {0, 0, 0, static_cast<uint8_t>(nal.size())}, nal});
  return unit;
}

Bytes aggregate(std::initializer_list<Bytes> nals) {
  Bytes packet = hex("6001");
  for (const Bytes& nal : nals) packet = join({packet, {0, static_cast<uint8_t>(nal.size())}, nal});
  return packet;
}

std::vector<Bytes> fragments(const Bytes& nal, size_t size) {
  std::vector<Bytes> packets;
  for (size_t at = 2; at < nal.size(); at += size) {
    const size_t end = std::min(at + size, nal.size());
    Bytes packet{0x62, nal[1], static_cast<uint8_t>(nal[0] >> 1)};
    if (at == 2) packet[2] |= 0x80;
    if (end == nal.size()) packet[2] |= 0x40;
    packet.insert(packet.end(), nal.begin() + at, nal.begin() + end);
    packets.push_back(packet);
  }
  return packets;
}

void sendPicture(RtpFeed& feed, uint32_t timestamp, const std::vector<Bytes>& packets) {
  for (size_t i = 0; i < packets.size(); ++i)
    feed.send(timestamp, packets[i], i + 1 == packets.size());
}

struct Form {
  const char* name;
  std::vector<Bytes> packets;
  Bytes unit;
};

class OneH265Picture : public testing::TestWithParam<Form> {};

TEST_P(OneH265Picture, BecomesOneUnit) {
  RtpFeed feed(withSets());
  sendPicture(feed, 3000, GetParam().packets);
  ASSERT_EQ(feed.units.size(), 1u);
  EXPECT_EQ(feed.units[0].payload, GetParam().unit);
  EXPECT_TRUE(feed.units[0].key);
  EXPECT_FALSE(feed.units[0].damaged);
  EXPECT_FALSE(feed.units[0].droppable);
  EXPECT_EQ(feed.units[0].picture, PictureType::i);
  EXPECT_EQ(feed.parameters.size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, OneH265Picture,
    testing::Values(
        Form{"single", {kIdr}, unitOf({kIdr})},
        Form{"setsInPacketsOfTheirOwn", {kVps, kSps, kPps, kIdr}, unitOf({kIdr})},
        Form{"aggregate", {aggregate({kVps, kSps, kPps, kSei, kIdr})}, unitOf({kSei, kIdr})},
        Form{"delimiterAndMessage", {kAud, kSei, kIdr}, unitOf({kSei, kIdr})},
        Form{"slices", {kIdr, kIdrRest, kIdrRest}, unitOf({kIdr, kIdrRest, kIdrRest})},
        Form{"fragments", fragments(kIdr, 5), unitOf({kIdr})},
        Form{"fragmentsOfOneByteEach", fragments(kIdr, 1), unitOf({kIdr})},
        Form{"oneFragmentThatStartsAndEnds", fragments(kIdr, 100), unitOf({kIdr})},
        Form{"allInOnePacketWithStartCodes",
             {join({kVps, kCode, kSps, kCode, kPps, kCode, kIdr})},
             unitOf({kIdr})},
        Form{"higherLayersAndReservedTypes",
             {kIdr, hex("2809 80aabb"), hex("5401 80aabb")},
             unitOf({kIdr})}),
    [](const auto& test) { return test.param.name; });

TEST(H265, GivesTheParametersOfTheSdpAtOnce) {
  RtpFeed feed(withSets());
  ASSERT_EQ(feed.parameters.size(), 1u);
  const auto& h265 = std::get<H265Parameters>(feed.parameters[0]);
  EXPECT_EQ(h265.width, 320u);
  EXPECT_EQ(h265.vps, kVps);
  EXPECT_EQ(h265.pps, std::vector<Bytes>{kPps});
}

TEST(H265, WaitsForAllThreeSets) {
  RtpFeed feed(withSets({}));
  sendPicture(feed, 0, {kSps, kPps, kIdr});
  sendPicture(feed, 1, {kTrail});
  EXPECT_TRUE(feed.units.empty());
  sendPicture(feed, 2, {kVps, kIdr});
  ASSERT_EQ(feed.units.size(), 1u);
  EXPECT_EQ(feed.units[0].timestamp, 2u);
}

TEST(H265, TellsChangedSetsBeforeTheUnitThatUsesThem) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {kIdr});
  sendPicture(feed, 1, {kVps, kOtherSps, kPps, kIdr});
  EXPECT_EQ(feed.unitsBefore, (std::vector<size_t>{0, 1}));
  EXPECT_EQ(std::get<H265Parameters>(feed.parameters[1]).width, 1920u);
}

TEST(H265, TakesEveryRandomAccessPointForAKey) {
  RtpFeed feed(withSets());
  for (uint8_t type = h265::kFirstIrap; type <= h265::kCra; ++type)
    sendPicture(feed, type, {slice({.type = type, .sliceType = 2})});
  sendPicture(feed, 22, {kTrail});
  ASSERT_EQ(feed.units.size(), 7u);
  for (size_t i = 0; i < 6; ++i) EXPECT_TRUE(feed.units[i].key);
  EXPECT_FALSE(feed.units[6].key);
}

TEST(H265, TakesRecoveryPointsForKeysWhereRandomAccessPointsAreMissing) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {kIdr});
  sendPicture(feed, 1, {kTrail});
  sendPicture(feed, 2, {kTrail});
  sendPicture(feed, 3, {kRecoveryPoint, kTrail});
  EXPECT_TRUE(feed.units[3].key);
}

TEST(H265, TellsWhatNobodyRefersTo) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {kIdr});
  sendPicture(feed, 1, {kTrail});
  sendPicture(feed, 2, {slice({.type = 0, .sliceType = 0})});
  EXPECT_FALSE(feed.units[1].droppable);
  EXPECT_EQ(feed.units[1].picture, PictureType::p);
  EXPECT_TRUE(feed.units[2].droppable);
  EXPECT_EQ(feed.units[2].picture, PictureType::b);
}

TEST(H265, EndsAPictureByTimeWhereThereIsNoMarker) {
  RtpFeed feed(withSets());
  for (uint32_t time = 0; time < 3; ++time) {
    feed.send(time, time == 0 ? kIdr : kTrail);
    feed.send(time, time == 0 ? kIdrRest : kTrailRest);
  }
  ASSERT_EQ(feed.units.size(), 2u);
  EXPECT_EQ(feed.units[1].payload, unitOf({kTrail, kTrailRest}));
}

TEST(H265, KeepsAPictureWholeWhoseTimestampSteps) {
  RtpFeed feed(withSets());
  feed.send(0, kIdr);
  feed.send(1, kIdrRest);
  const auto pieces = fragments(kIdrRest, 7);
  for (size_t i = 0; i < pieces.size(); ++i) feed.send(static_cast<uint32_t>(2 + i), pieces[i]);
  sendPicture(feed, 3000, {kTrail});
  ASSERT_EQ(feed.units.size(), 2u);
  EXPECT_EQ(feed.units[0].payload, unitOf({kIdr, kIdrRest, kIdrRest}));
}

TEST(H265, MarksAPictureThatLostAPieceAsDamaged) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {kIdr});
  const auto pieces = fragments(kTrail, 5);
  feed.send(1, pieces[0]);
  feed.lose();
  feed.send(1, pieces[2]);
  feed.send(1, pieces[3], true);
  sendPicture(feed, 2, {kTrail});
  sendPicture(feed, 3, {kIdr});
  // What is left of the second is no picture: the third refers to it.
  ASSERT_EQ(feed.units.size(), 3u);
  EXPECT_TRUE(feed.units[1].damaged);
  EXPECT_FALSE(feed.units[2].damaged);
}

TEST(H265, IgnoresPacketsThatAreNothing) {
  RtpFeed feed(withSets());
  feed.send(0, hex("62"));
  feed.send(0, hex("6201"));
  feed.send(0, hex("6401aa"));
  sendPicture(feed, 1, {kIdr});
  EXPECT_TRUE(feed.units.back().key);
}

}  // namespace
}  // namespace core
