#include "core/packetizer.hpp"

#include "core/bit_writer.hpp"
#include "core/hex.hpp"
#include "core/rtp_feed.hpp"
#include "core/synthetic.hpp"

#include <gtest/gtest.h>

#include <random>

namespace core {
namespace {

struct Sent {
  Bytes payload;
  bool marker;
};

std::vector<Sent> packetize(Packetizer& packetizer, const Frame& frame, size_t maxBytes) {
  PayloadList list;
  packetizer.packetize(frame, maxBytes, list);
  std::vector<Sent> sent;
  size_t total = 0;
  for (size_t packet = 0; packet < list.size(); ++packet) {
    Sent one{{}, list.isMarked(packet)};
    list.write(packet, one.payload);
    EXPECT_EQ(one.payload.size(), list.bytesOf(packet));
    total += one.payload.size();
    sent.push_back(std::move(one));
  }
  EXPECT_EQ(total, list.bytes());
  return sent;
}

Bytes nalOf(uint8_t header, size_t size, uint32_t firstMb = 0) {
  Bytes nal = join({{header}, BitWriter().ue(firstMb).ue(7).ue(0).finish()});
  while (nal.size() < size) nal.push_back(static_cast<uint8_t>(0x80 + nal.size() % 100));
  return nal;
}

Frame pictureOf(std::initializer_list<Bytes> nals, bool key = false) {
  Frame frame;
  frame.key = key;
  for (const Bytes& nal : nals) {
    const auto high = static_cast<uint8_t>(nal.size() >> 8);
    frame.payload = join({frame.payload, {0, 0, high, static_cast<uint8_t>(nal.size())}, nal});
  }
  return frame;
}

RtpTrackConfig configOf(Kind kind, std::string codec, Bytes config = {}) {
  RtpTrackConfig made;
  made.kind = kind;
  made.codec = std::move(codec);
  made.config = std::move(config);
  if (kind == Kind::audio) made.clockRateHz = 48000;
  return made;
}

std::vector<Sent> sendPicture(const Frame& frame, size_t maxBytes = 1428) {
  const auto packetizer = makePacketizer(synthetic::videoTrack());
  return packetize(*packetizer, frame, maxBytes);
}

const Bytes kSeiUnit = hex("06 05 02 aabb 80");

TEST(H264Packetizer, SendsTheParameterSetsInOnePacketBeforeEveryKeyFrame) {
  const auto sent = sendPicture(pictureOf({nalOf(0x65, 100)}, true));
  ASSERT_EQ(sent.size(), 2u);
  const auto h264 = std::get<H264Parameters>(synthetic::videoTrack().parameters);
  EXPECT_EQ(sent[0].payload, join({{0x78, 0, 25}, h264.sps, {0, 6}, h264.pps[0]}));
  EXPECT_FALSE(sent[0].marker);
  EXPECT_EQ(sent[1].payload, nalOf(0x65, 100));
  EXPECT_TRUE(sent[1].marker);
}

TEST(H264Packetizer, GathersSmallUnitsOfAPictureAndNamesTheHighestImportance) {
  const auto sent = sendPicture(pictureOf({kSeiUnit, nalOf(0x21, 40), nalOf(0x41, 40, 60)}));
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].payload,
            join({{0x58, 0, 6}, kSeiUnit, {0, 40}, nalOf(0x21, 40), {0, 40}, nalOf(0x41, 40, 60)}));
}

TEST(H264Packetizer, CutsLargeUnitsIntoFullPacketsAndARest) {
  const auto sent = sendPicture(pictureOf({nalOf(0x41, 250)}), 100);
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_EQ(sent[0].payload.size(), 100u);
  EXPECT_EQ(sent[1].payload.size(), 100u);
  EXPECT_EQ(sent[2].payload.size(), 2u + 249 - 2 * 98);
  const std::vector<uint8_t> edges{sent[0].payload[1], sent[1].payload[1], sent[2].payload[1]};
  EXPECT_EQ(edges, (std::vector<uint8_t>{0x81, 0x01, 0x41}));
  EXPECT_EQ(sent[0].payload[0], 0x5c);
  EXPECT_FALSE(sent[1].marker);
  EXPECT_TRUE(sent[2].marker);
}

TEST(H264Packetizer, LeavesOutWhatHasNoPlaceInAPacket) {
  EXPECT_TRUE(sendPicture({}).empty());
  EXPECT_TRUE(sendPicture(pictureOf({{0x78, 1, 2}, {0x1c, 0x85}, {0x00}})).empty());
  Frame cut = pictureOf({nalOf(0x41, 100)});
  cut.payload.pop_back();
  EXPECT_TRUE(sendPicture(cut).empty());
  EXPECT_EQ(sendPicture(pictureOf({{}, nalOf(0x41, 100)})).size(), 1u);
}

// Any picture that a depacketizer can give comes back as it was, whatever fits into a packet.
TEST(H264Packetizer, PicturesComeBackAsTheyWere) {
  std::mt19937 random(7);
  const auto upTo = [&](size_t most) { return random() % (most + 1); };
  const Track track = synthetic::videoTrack();
  for (int round = 0; round < 300; ++round) {
    const bool key = upTo(3) == 0;
    RtpFeed feed(configOf(Kind::video, "H264"));
    feed.send(0, join({{0x78, 0, 25},
                       std::get<H264Parameters>(track.parameters).sps,
                       {0, 6},
                       std::get<H264Parameters>(track.parameters).pps[0]}));
    Frame frame = upTo(1) == 0 ? pictureOf({kSeiUnit}, key) : pictureOf({}, key);
    for (uint32_t slice = 0; slice <= upTo(6); ++slice) {
      const Frame more = pictureOf({nalOf(key ? 0x65 : 0x41, 5 + upTo(2000), slice * 7)});
      frame.payload = join({frame.payload, more.payload});
    }
    const size_t maxBytes = 64 + upTo(1500);
    for (const Sent& one : sendPicture(frame, maxBytes)) {
      EXPECT_LE(one.payload.size(), maxBytes);
      feed.send(3000, one.payload, one.marker);
    }
    ASSERT_EQ(feed.units.size(), 1u) << round;
    EXPECT_EQ(feed.units[0].payload, frame.payload);
    EXPECT_EQ(feed.units[0].key, key);
    EXPECT_FALSE(feed.units[0].damaged);
  }
}

const Bytes kVps265 = hex("40010c01ffff01600000030090000003000003003c959009");
const Bytes kSps265 =
    hex("42010101600000030090000003000003003ca00a080f16595912930bc05a020000030002000003003210");
const Bytes kPps265 = hex("4401c073c189");

Bytes nal265(uint8_t type, bool first, size_t size) {
  Bytes nal{static_cast<uint8_t>(type << 1), 1, static_cast<uint8_t>(first ? 0xb0 : 0x30)};
  while (nal.size() < size) nal.push_back(static_cast<uint8_t>(0x80 + nal.size() % 100));
  return nal;
}

TEST(H265Packetizer, SendsTheParameterSetsInOnePacketBeforeEveryKeyFrame) {
  const auto parameters = H265Parameters::fromSets(kVps265, kSps265, {kPps265});
  const auto packetizer = makePacketizer({Kind::video, "H265", 90000, *parameters});
  const auto sent = packetize(*packetizer, pictureOf({nal265(20, true, 100)}, true), 1428);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].payload, join({hex("6001 0018"), kVps265, {0, 42}, kSps265, {0, 6}, kPps265}));
  EXPECT_EQ(sent[1].payload, nal265(20, true, 100));
  EXPECT_TRUE(sent[1].marker);
}

TEST(H265Packetizer, PicturesComeBackAsTheyWere) {
  const auto parameters = H265Parameters::fromSets(kVps265, kSps265, {kPps265});
  const auto packetizer = makePacketizer({Kind::video, "H265", 90000, *parameters});
  for (size_t size = 5; size < 3000; size += 97) {
    for (const size_t maxBytes : {64u, 500u, 1428u}) {
      RtpFeed feed(configOf(Kind::video, "H265"));
      const Frame frame = pictureOf(
          {hex("4e01 05 02 aabb 80"), nal265(20, true, size), nal265(20, false, size / 2 + 5)},
          true);
      for (const Sent& one : packetize(*packetizer, frame, maxBytes)) {
        EXPECT_LE(one.payload.size(), maxBytes);
        feed.send(3000, one.payload, one.marker);
      }
      ASSERT_EQ(feed.units.size(), 1u) << size << " by " << maxBytes;
      EXPECT_EQ(feed.units[0].payload, frame.payload);
      EXPECT_FALSE(feed.units[0].damaged);
    }
  }
}

std::vector<Sent> sendAudio(const Bytes& unit, size_t maxBytes = 1428) {
  Frame frame;
  frame.payload = unit;
  const auto packetizer = makePacketizer(synthetic::audioTrack());
  return packetize(*packetizer, frame, maxBytes);
}

TEST(AacPacketizer, SendsOneUnitAPacketBehindItsSize) {
  const auto sent = sendAudio(hex("21 10 04 60"));
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].payload, hex("0010 0020 21100460"));
  EXPECT_TRUE(sent[0].marker);
}

TEST(AacPacketizer, UnitsOfAnySizeComeBackAsTheyWere) {
  for (const size_t size : {1u, 59u, 60u, 61u, 400u, 1424u, 1425u, 3000u, 8191u})
    for (const size_t maxBytes : {64u, 500u, 1428u}) {
      RtpFeed feed(configOf(Kind::audio, "MPEG4-GENERIC", hex("1190")));
      Bytes unit(size, 0x21);
      for (size_t i = 0; i < size; ++i) unit[i] = static_cast<uint8_t>(0x21 + i % 200);
      for (const Sent& one : sendAudio(unit, maxBytes)) {
        EXPECT_LE(one.payload.size(), maxBytes);
        feed.send(1024, one.payload, one.marker);
      }
      ASSERT_EQ(feed.units.size(), 1u) << size << " by " << maxBytes;
      EXPECT_EQ(feed.units[0].payload, unit);
      EXPECT_EQ(feed.units[0].timestamp, 1024u);
    }
}

TEST(AacPacketizer, LeavesOutWhatItsHeaderCannotTell) {
  EXPECT_TRUE(sendAudio({}).empty());
  EXPECT_TRUE(sendAudio(Bytes(8192, 0x21)).empty());
}

TEST(OpaquePacketizer, GivesThePacketsOfAUnitAsTheyCame) {
  RtpFeed in(configOf(Kind::video, "H261"));
  in.send(90, hex("0102"));
  in.send(90, {});
  in.send(90, Bytes(3000, 7));
  in.send(180, hex("03"));
  in.send(180, hex("0405"), true);
  ASSERT_EQ(in.units.size(), 2u);
  const auto packetizer = makePacketizer(synthetic::opaqueTrack());
  std::vector<Sent> sent;
  for (const AccessUnit& unit : in.units) {
    Frame frame;
    frame.payload = unit.payload;
    frame.packetEnds = unit.packetEnds;
    frame.marked = unit.marked;
    for (Sent& one : packetize(*packetizer, frame, 1428)) sent.push_back(std::move(one));
  }
  ASSERT_EQ(sent.size(), 4u);
  EXPECT_EQ(sent[0].payload, hex("0102"));
  EXPECT_EQ(sent[1].payload.size(), 3000u);
  EXPECT_FALSE(sent[1].marker);
  EXPECT_EQ(sent[2].payload, hex("03"));
  EXPECT_FALSE(sent[2].marker);
  EXPECT_EQ(sent[3].payload, hex("0405"));
  EXPECT_TRUE(sent[3].marker);
}

TEST(OpaquePacketizer, HasNothingToSendOfWhatWasNotRtp) {
  Frame frame;
  frame.payload = hex("010203");
  const auto packetizer = makePacketizer(synthetic::opaqueTrack());
  EXPECT_TRUE(packetize(*packetizer, frame, 1428).empty());
}

}  // namespace
}  // namespace core
