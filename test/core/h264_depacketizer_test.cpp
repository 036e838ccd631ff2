#include "core/h264_depacketizer.hpp"

#include "core/bit_writer.hpp"
#include "core/hex.hpp"
#include "core/rtp_feed.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

const Bytes kSps = hex("67640028acd940780227e5c044000003000400000300c83c60c658");
const Bytes kPps = hex("68eae3cb22c0");
const Bytes kOtherSps = hex("674d4016f201407b60220000030002000003003c1e2c5a24");
const Bytes kOtherPps = hex("68cbe3cb20");
const Bytes kSei = hex("06 05 02 aabb 80");
const Bytes kRecoveryPoint = hex("06 06 01 c4 80");
const Bytes kAud = hex("09f0");
const Bytes kCode = hex("00000001");

RtpTrackConfig withSets(std::vector<Bytes> sets = {kSps, kPps}) {
  RtpTrackConfig config;
  config.kind = Kind::video;
  config.codec = "H264";
  config.parameterSets = std::move(sets);
  return config;
}

struct Slice {
  uint8_t header = 0x41;
  uint32_t firstMb = 0;
  uint32_t type = 5;  // P
  uint32_t ppsId = 0;
  size_t size = 20;
};

Bytes slice(const Slice& draft) {
  Bytes nal{draft.header};
  const Bytes head = BitWriter().ue(draft.firstMb).ue(draft.type).ue(draft.ppsId).finish();
  nal.insert(nal.end(), head.begin(), head.end());
  while (nal.size() < draft.size) nal.push_back(static_cast<uint8_t>(0x80 + nal.size() % 100));
  return nal;
}

const Bytes kIdr = slice({.header = 0x65, .type = 7});
const Bytes kIdrRest = slice({.header = 0x65, .firstMb = 100, .type = 7});
const Bytes kP = slice({});
const Bytes kPRest = slice({.firstMb = 100});

Bytes prefixed(const Bytes& nal) {
  Bytes bytes{0, 0, static_cast<uint8_t>(nal.size() >> 8), static_cast<uint8_t>(nal.size())};
  bytes.insert(bytes.end(), nal.begin(), nal.end());
  return bytes;
}

Bytes unitOf(std::initializer_list<Bytes> nals) {
  Bytes unit;
  for (const Bytes& nal : nals) unit = join({unit, prefixed(nal)});
  return unit;
}

Bytes stapA(std::initializer_list<Bytes> nals) {
  Bytes packet{0x78};
  for (const Bytes& nal : nals)
    packet = join(
        {packet, {static_cast<uint8_t>(nal.size() >> 8), static_cast<uint8_t>(nal.size())}, nal});
  return packet;
}

// Fragments of at most `size` bytes; `header` stands in for the NAL header in the FU indicator.
std::vector<Bytes> fuA(const Bytes& nal, size_t size) {
  std::vector<Bytes> packets;
  for (size_t at = 1; at < nal.size(); at += size) {
    const size_t end = std::min(at + size, nal.size());
    Bytes packet{static_cast<uint8_t>((nal[0] & 0x60) | 28), static_cast<uint8_t>(nal[0] & 0x1f)};
    if (at == 1) packet[1] |= 0x80;
    if (end == nal.size()) packet[1] |= 0x40;
    packet.insert(packet.end(), nal.begin() + at, nal.begin() + end);
    packets.push_back(packet);
  }
  return packets;
}

// Sends all of them with one timestamp, the marker on the last.
void sendPicture(RtpFeed& feed, uint32_t timestamp, const std::vector<Bytes>& packets) {
  for (size_t i = 0; i < packets.size(); ++i)
    feed.send(timestamp, packets[i], i + 1 == packets.size());
}

std::vector<uint32_t> timesOf(const RtpFeed& feed) {
  std::vector<uint32_t> times;
  for (const AccessUnit& unit : feed.units) times.push_back(unit.timestamp);
  return times;
}

std::vector<bool> damageOf(const RtpFeed& feed) {
  std::vector<bool> damage;
  for (const AccessUnit& unit : feed.units) damage.push_back(unit.damaged);
  return damage;
}

// One IDR picture in every form in which it may come.
struct Form {
  const char* name;
  std::vector<Bytes> packets;
  Bytes unit;
};

class OnePicture : public testing::TestWithParam<Form> {};

TEST_P(OnePicture, BecomesOneUnit) {
  RtpFeed feed(withSets());
  sendPicture(feed, 3000, GetParam().packets);
  ASSERT_EQ(feed.units.size(), 1u);
  EXPECT_EQ(feed.units[0].payload, GetParam().unit);
  EXPECT_EQ(feed.units[0].timestamp, 3000u);
  EXPECT_TRUE(feed.units[0].key);
  EXPECT_FALSE(feed.units[0].damaged);
  EXPECT_FALSE(feed.units[0].droppable);
  EXPECT_EQ(feed.units[0].picture, PictureType::i);
  EXPECT_EQ(feed.parameters.size(), 1u);
}

std::vector<Bytes> fragmentsWithTypes(const Bytes& nal, uint8_t first, uint8_t others) {
  std::vector<Bytes> packets = fuA(nal, 7);
  for (size_t i = 0; i < packets.size(); ++i)
    packets[i][1] = static_cast<uint8_t>((packets[i][1] & 0xe0) | (i == 0 ? first : others));
  return packets;
}

std::vector<Bytes> withoutEnd(std::vector<Bytes> packets) {
  packets.back()[1] &= 0xbf;
  return packets;
}

std::vector<Bytes> withReservedBit(std::vector<Bytes> packets) {
  for (Bytes& packet : packets) packet[1] |= 0x20;
  return packets;
}

std::vector<Bytes> all(std::initializer_list<std::vector<Bytes>> groups) {
  std::vector<Bytes> packets;
  for (const auto& group : groups) packets.insert(packets.end(), group.begin(), group.end());
  return packets;
}

INSTANTIATE_TEST_SUITE_P(
    Forms, OnePicture,
    testing::Values(
        Form{"single", {kIdr}, unitOf({kIdr})},
        Form{"setsInPacketsOfTheirOwn", {kSps, kPps, kIdr}, unitOf({kIdr})},
        Form{"delimiterAndSei", {kAud, kSei, kIdr}, unitOf({kSei, kIdr})},
        Form{"slices", {kIdr, kIdrRest, kIdrRest}, unitOf({kIdr, kIdrRest, kIdrRest})},
        Form{"stapA", {stapA({kSps, kPps, kSei, kIdr})}, unitOf({kSei, kIdr})},
        Form{"stapAWithEmptyPiece", {stapA({kSei, {}, kIdr})}, unitOf({kSei, kIdr})},
        Form{"fuA", fuA(kIdr, 5), unitOf({kIdr})},
        Form{"fuAOfOneByteEach", fuA(kIdr, 1), unitOf({kIdr})},
        Form{"fuAInOnePiece", fuA(kIdr, 100), unitOf({kIdr})},
        Form{"fuAThenSingle", all({fuA(kIdr, 9), {kIdrRest}}), unitOf({kIdr, kIdrRest})},
        Form{"fuAWithReservedBit", withReservedBit(fuA(kIdr, 5)), unitOf({kIdr})},
        Form{"fuAWithoutEnd", withoutEnd(fuA(kIdr, 5)), unitOf({kIdr})},
        Form{"fuAWithoutEndThenSingle", all({withoutEnd(fuA(kIdr, 5)), {kIdrRest}}),
             unitOf({kIdr, kIdrRest})},
        Form{"fuAWithEmptyEnd", all({withoutEnd(fuA(kIdr, 5)), {hex("7c45")}}), unitOf({kIdr})},
        Form{"fuAWhoseTypeChanges", fragmentsWithTypes(kIdr, 5, 1), unitOf({kIdr})},
        Form{"startCodeBeforeSingle", {join({kCode, kIdr})}, unitOf({kIdr})},
        Form{"allInOnePacketWithStartCodes",
             {join({kSps, kCode, kPps, kCode, kIdr})},
             unitOf({kIdr})},
        Form{"stapAWithStartCodes",
             {stapA({join({kCode, kSps, kCode, kPps}), join({kCode, kIdr})})},
             unitOf({kIdr})},
        Form{"fuAOfAllWithStartCodes",
             fragmentsWithTypes(join({kSps, kCode, kPps, kCode, kSei, kCode, kIdr}), 7, 7),
             unitOf({kSei, kIdr})},
        Form{"fuAOfAllWhoseTypeChanges",
             fragmentsWithTypes(join({kSps, kCode, kPps, kCode, kIdr}), 7, 5), unitOf({kIdr})},
        Form{"zerosAtTheEnd", {join({kIdr, hex("0000")})}, unitOf({kIdr})},
        Form{"zerosAtTheEndOfFuA", fuA(join({kIdr, hex("0000")}), 6), unitOf({kIdr})},
        Form{"fillerAndEnd", {kIdr, hex("0cffff80"), hex("0a")}, unitOf({kIdr})}),
    [](const auto& test) { return test.param.name; });

TEST(H264, GivesTheParametersOfTheSdpAtOnce) {
  RtpFeed feed(withSets());
  ASSERT_EQ(feed.parameters.size(), 1u);
  const auto& h264 = std::get<H264Parameters>(feed.parameters[0]);
  EXPECT_EQ(h264.width, 1920u);
  EXPECT_EQ(h264.height, 1080u);
  EXPECT_EQ(h264.sps, kSps);
  EXPECT_EQ(h264.pps, std::vector<Bytes>{kPps});
}

TEST(H264, TakesSetsOfTheSdpWithStartCodesAndTrailingZeros) {
  RtpFeed feed(withSets({join({kCode, kSps, kCode, kPps, hex("00")})}));
  ASSERT_EQ(feed.parameters.size(), 1u);
  EXPECT_EQ(std::get<H264Parameters>(feed.parameters[0]).pps, std::vector<Bytes>{kPps});
}

TEST(H264, DropsUnitsUntilSetsHaveCome) {
  RtpFeed feed(withSets({kSps}));
  sendPicture(feed, 0, {kIdr});
  sendPicture(feed, 1, {kP});
  sendPicture(feed, 2, {kSps, kPps, kIdr});
  EXPECT_EQ(timesOf(feed), std::vector<uint32_t>{2});
  EXPECT_EQ(feed.unitsBefore, std::vector<size_t>{0});
}

TEST(H264, TellsChangedSetsBeforeTheUnitThatUsesThem) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {kSps, kPps, kIdr});
  sendPicture(feed, 1, {kOtherSps, kOtherPps, kIdr});
  sendPicture(feed, 2, {kOtherSps, kOtherPps, kIdr});
  EXPECT_EQ(feed.units.size(), 3u);
  EXPECT_EQ(feed.unitsBefore, (std::vector<size_t>{0, 1}));
  EXPECT_EQ(std::get<H264Parameters>(feed.parameters[1]).width, 640u);
}

TEST(H264, CarriesAllPicturesSetsOfTheSequenceInUse) {
  const Bytes second = join({{0x68}, BitWriter().ue(1).ue(0).bits(3, 3).finish()});
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {kIdr});
  sendPicture(feed, 1, {second, slice({.ppsId = 1})});
  ASSERT_EQ(feed.parameters.size(), 2u);
  EXPECT_EQ(std::get<H264Parameters>(feed.parameters[1]).pps, (std::vector<Bytes>{kPps, second}));
  EXPECT_EQ(damageOf(feed), (std::vector<bool>{false, false}));
}

TEST(H264, MarksAPictureWhoseSetIsMissingAsDamaged) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {slice({.ppsId = 9})});
  EXPECT_EQ(damageOf(feed), std::vector<bool>{true});
}

TEST(H264, IgnoresSetsThatMakeNoSense) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {hex("67ff"), hex("68"), kIdr});
  EXPECT_EQ(feed.parameters.size(), 1u);
  EXPECT_EQ(damageOf(feed), std::vector<bool>{false});
}

TEST(H264, EndsAPictureByTimeWhereThereIsNoMarker) {
  RtpFeed feed(withSets());
  for (uint32_t time = 0; time < 4; ++time) {
    feed.send(time, time == 0 ? kIdr : kP);
    feed.send(time, time == 0 ? kIdrRest : kPRest);
  }
  EXPECT_EQ(timesOf(feed), (std::vector<uint32_t>{0, 1, 2}));
  EXPECT_EQ(feed.units[1].payload, unitOf({kP, kPRest}));
  EXPECT_EQ(damageOf(feed), std::vector<bool>(3, false));
}

TEST(H264, GivesSetsAndMessagesToThePictureThatFollows) {
  RtpFeed feed(withSets());
  sendPicture(feed, 10, {kSps});
  sendPicture(feed, 10, {kPps});
  sendPicture(feed, 15, {kSei});
  sendPicture(feed, 20, {kIdr});
  EXPECT_EQ(timesOf(feed), std::vector<uint32_t>{20});
  EXPECT_EQ(feed.units[0].payload, unitOf({kSei, kIdr}));
}

TEST(H264, KeepsAPictureWholeWhoseTimestampSteps) {
  RtpFeed feed(withSets());
  feed.send(0, kIdr);
  feed.send(1, kIdrRest);
  const auto pieces = fuA(kPRest, 7);
  for (size_t i = 0; i < pieces.size(); ++i) feed.send(static_cast<uint32_t>(2 + i), pieces[i]);
  sendPicture(feed, 3000, {kP});
  EXPECT_EQ(timesOf(feed), (std::vector<uint32_t>{0, 3000}));
  EXPECT_EQ(feed.units[0].payload, unitOf({kIdr, kIdrRest, kPRest}));
  EXPECT_EQ(damageOf(feed), (std::vector<bool>{false, false}));
}

TEST(H264, StopsTrustingMarkersThatStandWithinPictures) {
  RtpFeed feed(withSets());
  for (uint32_t time = 0; time < 4; ++time) {
    sendPicture(feed, time, {time == 0 ? kIdr : kP});
    sendPicture(feed, time, {time == 0 ? kIdrRest : kPRest});
  }
  EXPECT_EQ(timesOf(feed), (std::vector<uint32_t>{0, 0, 1, 2}));
  EXPECT_EQ(feed.units[3].payload, unitOf({kP, kPRest}));
  EXPECT_EQ(damageOf(feed), (std::vector<bool>{false, true, false, false}));
}

TEST(H264, TellsKeysKindsAndWhatNobodyRefersTo) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {kIdr});
  sendPicture(feed, 3, {kP});
  sendPicture(feed, 1, {slice({.header = 0x01, .type = 6})});
  sendPicture(feed, 2, {slice({.type = 7}), slice({.firstMb = 5, .type = 6})});
  sendPicture(feed, 4, {slice({.type = 7}), kPRest});
  sendPicture(feed, 5, {slice({.type = 7})});
  std::vector<PictureType> kinds;
  std::vector<bool> droppable;
  for (const AccessUnit& unit : feed.units) {
    kinds.push_back(unit.picture);
    droppable.push_back(unit.droppable);
    EXPECT_EQ(unit.key, unit.timestamp == 0);
  }
  EXPECT_EQ(kinds, (std::vector<PictureType>{PictureType::i, PictureType::p, PictureType::b,
                                             PictureType::b, PictureType::p, PictureType::i}));
  EXPECT_EQ(droppable, (std::vector<bool>{false, false, true, false, false, false}));
}

TEST(H264, TakesRecoveryPointsForKeysWhereIdrPicturesAreMissing) {
  RtpFeed feed(withSets());
  std::vector<uint32_t> keys;
  const auto send = [&](uint32_t time, const std::vector<Bytes>& packets) {
    sendPicture(feed, time, packets);
    if (feed.units.back().key) keys.push_back(time);
  };
  send(0, {kIdr});
  for (uint32_t time = 1; time < 30; ++time)
    send(time, time % 10 == 0 ? std::vector<Bytes>{kRecoveryPoint, kP} : std::vector<Bytes>{kP});
  EXPECT_EQ(keys, (std::vector<uint32_t>{0, 10, 20}));
}

TEST(H264, TakesOnlyIdrPicturesForKeysWhereTheyComeRegularly) {
  RtpFeed feed(withSets());
  std::vector<uint32_t> keys;
  for (uint32_t time = 0; time < 60; ++time) {
    if (time % 20 == 0)
      sendPicture(feed, time, {kIdr});
    else if (time % 20 == 10)
      sendPicture(feed, time, {kRecoveryPoint, kP});
    else
      sendPicture(feed, time, {kP});
    if (feed.units.back().key && time > 20) keys.push_back(time);
  }
  EXPECT_EQ(keys, std::vector<uint32_t>{40});
}

// Each packet of three pictures is lost in turn; every NAL unit that comes out is a whole one.
TEST(H264, NeverDeliversPartOfANalUnit) {
  const std::vector<std::vector<Bytes>> pictures{
      all({{kSps}, {kPps}, fuA(kIdr, 6), fuA(kIdrRest, 6)}), all({fuA(kP, 6), {kPRest}}),
      fuA(kP, 4)};
  const size_t packets = pictures[0].size() + pictures[1].size() + pictures[2].size();
  for (size_t lost = 0; lost < packets; ++lost) {
    RtpFeed feed(withSets());
    size_t number = 0;
    for (uint32_t time = 0; time < pictures.size(); ++time) {
      for (size_t i = 0; i < pictures[time].size(); ++i) {
        if (number++ == lost)
          feed.lose();
        else
          feed.send(time, pictures[time][i], i + 1 == pictures[time].size());
      }
    }
    feed.send(9, kIdr, true);
    const std::vector<Bytes> known{kIdr, kIdrRest, kP, kPRest};
    for (const AccessUnit& unit : feed.units) {
      for (size_t at = 0; at < unit.payload.size();) {
        const size_t size = size_t{unit.payload[at + 2]} << 8 | unit.payload[at + 3];
        const Bytes nal(unit.payload.begin() + at + 4, unit.payload.begin() + at + 4 + size);
        EXPECT_NE(std::find(known.begin(), known.end(), nal), known.end()) << lost;
        at += 4 + size;
      }
    }
    EXPECT_EQ(feed.units.back().timestamp, 9u);
    EXPECT_FALSE(feed.units.back().damaged) << "a key frame is whole whatever was lost before it";
  }
}

TEST(H264, MarksTheUnitThatLostAPiece) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {kIdr});
  feed.send(1, kP);
  feed.lose();
  feed.send(1, kPRest, true);
  sendPicture(feed, 2, {kP});
  EXPECT_EQ(damageOf(feed), (std::vector<bool>{false, true, false}));
  EXPECT_EQ(feed.units[1].payload, unitOf({kP, kPRest}));
}

TEST(H264, MarksBothUnitsBetweenWhichPacketsAreMissing) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {kIdr});
  feed.send(1, kP);
  feed.lose();
  sendPicture(feed, 2, {kP});
  sendPicture(feed, 3, {kP});
  EXPECT_EQ(damageOf(feed), (std::vector<bool>{false, true, true, false}));
}

TEST(H264, KeepsThePiecesOfADamagedUnitWhereTheyAreWanted) {
  RtpTrackConfig config = withSets();
  config.keepPieces = true;
  RtpFeed feed(config);
  feed.send(0, kIdr, true);
  const auto pieces = fuA(slice({.size = 40}), 10);
  feed.send(3000, pieces[0]);
  feed.send(3000, pieces[1]);
  feed.lose();
  feed.send(3000, pieces[3], true);
  ASSERT_EQ(feed.units.size(), 2u);
  EXPECT_TRUE(feed.units[1].damaged);
  Bytes kept = slice({.size = 40});
  kept.resize(21);
  EXPECT_EQ(feed.units[1].payload, unitOf({kept}));
}

TEST(H264, MarksTheUnitAfterOneThatWasLostWhole) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {kIdr});
  feed.lose();
  sendPicture(feed, 2, {kP});
  feed.lose();
  for (const Bytes& piece : fuA(kP, 100)) feed.send(3, Bytes(piece.begin(), piece.end()), true);
  EXPECT_EQ(damageOf(feed), (std::vector<bool>{false, true, true}));
}

TEST(H264, MarksTheUnitAfterOneOfWhichNothingWasLeft) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {kIdr});
  const auto pieces = fuA(kP, 5);
  feed.lose();
  for (size_t i = 1; i < pieces.size(); ++i) feed.send(1, pieces[i], i + 1 == pieces.size());
  sendPicture(feed, 2, {kP});
  EXPECT_EQ(timesOf(feed), (std::vector<uint32_t>{0, 2}));
  EXPECT_EQ(damageOf(feed), (std::vector<bool>{false, true}));
}

TEST(H264, IsToldOfLossesThatSequenceNumbersDoNotShow) {
  RtpFeed feed(withSets());
  feed.send(0, kIdr);
  feed.depacketizer->gap();
  feed.send(0, kIdrRest, true);
  feed.depacketizer->gap();
  sendPicture(feed, 1, {kP});
  EXPECT_EQ(damageOf(feed), (std::vector<bool>{true, true}));
}

TEST(H264, CountsThePacketsOfTheInterleavedModeAsDamage) {
  for (const char* packet : {"79aabb", "7aaabb", "7baabb", "7daabb", "78ffff41"}) {
    RtpFeed feed(withSets());
    sendPicture(feed, 0, {kIdr, hex(packet)});
    EXPECT_EQ(damageOf(feed), std::vector<bool>{true}) << packet;
  }
}

TEST(H264, DropsDuplicatesAndLatePacketsOfAnotherSession) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {kIdr});
  feed.sequence -= 1;
  sendPicture(feed, 0, {kIdr});
  feed.ssrc = 99;
  feed.sequence = 500;
  sendPicture(feed, 77, {kIdr});
  feed.ssrc = 1;
  feed.sequence = static_cast<uint16_t>(65533 + 1);
  sendPicture(feed, 1, {kP});
  EXPECT_EQ(timesOf(feed), (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(damageOf(feed), (std::vector<bool>{false, false}));
}

TEST(H264, FollowsASourceThatReplacesTheFirst) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {kIdr});
  feed.ssrc = 2;
  feed.sequence = 1000;
  for (uint32_t time = 1; time < 9; ++time) sendPicture(feed, time, {time < 6 ? kP : kIdr});
  EXPECT_EQ(timesOf(feed), (std::vector<uint32_t>{0, 4, 5, 6, 7, 8}));
  EXPECT_FALSE(feed.units.back().damaged);
}

TEST(H264, DropsAUnitBeyondItsBound) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {kIdr});
  const Bytes large = slice({.firstMb = 1, .size = 60'000});
  feed.send(1, kP);
  for (int i = 0; i < 200; ++i) feed.send(1, large);
  feed.send(1, kPRest, true);
  sendPicture(feed, 2, {kP});
  sendPicture(feed, 3, {kIdr});
  EXPECT_EQ(timesOf(feed), (std::vector<uint32_t>{0, 2, 3}));
  EXPECT_EQ(damageOf(feed), (std::vector<bool>{false, true, false}));
}

TEST(H264, GivesBackWhatItReservedInVain) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {slice({.header = 0x65, .type = 7, .size = 60'000})});
  sendPicture(feed, 1, {slice({.size = 50'000})});
  sendPicture(feed, 2, {slice({.size = 500})});
  for (const AccessUnit& unit : feed.units)
    EXPECT_LE(unit.payload.capacity(), unit.payload.size() + unit.payload.size() / 4 + 1024);
}

TEST(H264, TakesPayloadsOfNoByte) {
  RtpFeed feed(withSets());
  sendPicture(feed, 0, {kIdr, {}});
  sendPicture(feed, 1, {{}, hex("7c"), hex("7c85"), hex("78"), hex("7800"), hex("00"), kP});
  EXPECT_EQ(timesOf(feed), (std::vector<uint32_t>{0, 1}));
}

}  // namespace
}  // namespace core
