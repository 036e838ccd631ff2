#include "core/av1.hpp"

#include "core/bit_writer.hpp"
#include "core/fmp4.hpp"
#include "core/hex.hpp"
#include "core/packetizer.hpp"
#include "core/rtp_feed.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

RtpTrackConfig config() {
  RtpTrackConfig made;
  made.kind = Kind::video;
  made.codec = "AV1";
  return made;
}

Bytes obuOf(uint8_t type, const Bytes& payload) {
  Bytes made;
  av1::appendObu({type, static_cast<uint8_t>(type << 3), {}, payload, 0}, made);
  return made;
}

Bytes filled(Bytes bytes, size_t size) {
  while (bytes.size() < size) bytes.push_back(static_cast<uint8_t>(bytes.size()));
  return bytes;
}

// Without a size, as it is over RTP.
Bytes bare(const Bytes& obu) {
  Bytes made(obu.begin() + 1, obu.end());
  made[0] = static_cast<uint8_t>(obu[0] & ~2);
  return made;
}

// Of 320x240, with a timing that says 25 pictures a second.
Bytes sequenceHeader(uint32_t width = 320) {
  BitWriter bits;
  bits.bits(0, 3).bits(0, 1).bits(0, 1);
  bits.bits(1, 1).bits(1, 32).bits(25, 32).bits(1, 1).ue(0).bits(0, 1);
  bits.bits(0, 1).bits(0, 5).bits(0, 12).bits(8, 5).bits(1, 1);
  bits.bits(9, 4).bits(8, 4).bits(width - 1, 10).bits(239, 9);
  bits.bits(0, 1).bits(0, 3).bits(0, 4).bits(1, 1).bits(0, 2).bits(1, 1).bits(1, 1).bits(6, 3);
  bits.bits(0, 3);
  bits.bits(0, 1).bits(0, 1).bits(0, 1).bits(0, 1).bits(1, 2).bits(0, 1).bits(0, 1);
  return obuOf(av1::kSequenceHeader, bits.finish());
}

const Bytes kKeyFrame = obuOf(av1::kFrame, filled(hex("10"), 90));
const Bytes kInterFrame = obuOf(av1::kFrame, filled(hex("30"), 90));
const Bytes kKey = join({sequenceHeader(), kKeyFrame});

TEST(Av1, ASequenceHeaderTellsWhatADecoderNeeds) {
  const auto parameters = av1::parseSequenceHeader(sequenceHeader());
  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->width, 320u);
  EXPECT_EQ(parameters->height, 240u);
  EXPECT_EQ(parameters->frameRateNum, 25u);
  EXPECT_EQ(parameters->frameRateDen, 1u);
  EXPECT_EQ(parameters->level, 8u);
  EXPECT_TRUE(parameters->highTier);
  EXPECT_EQ(parameters->samplePosition, 1u);
  EXPECT_EQ(parameters->sequenceHeader, sequenceHeader());
  EXPECT_EQ(fmp4::codecs({Kind::video, "AV1", 90000, *parameters}), "av01.0.08H.08");
}

TEST(Av1, ASequenceHeaderThatIsCutShortIsNone) {
  const Bytes whole = sequenceHeader();
  for (size_t size = 0; size + 2 < whole.size(); ++size)
    EXPECT_FALSE(av1::parseSequenceHeader(ByteView(whole).first(size))) << size;
  EXPECT_FALSE(av1::parseSequenceHeader(kKeyFrame));
}

TEST(Av1, TheRecordOfContainersComesBack) {
  const auto parameters = av1::parseSequenceHeader(sequenceHeader());
  const Bytes record = av1::formatAv1C(*parameters);
  EXPECT_EQ(Bytes(record.begin(), record.begin() + 4), hex("8108 8d 00"));
  EXPECT_EQ(av1::parseAv1C(record), parameters);
  EXPECT_FALSE(av1::parseAv1C(hex("81088d00")));
  EXPECT_FALSE(av1::parseAv1C(hex("01088d00 0a01")));
}

TEST(Av1, PicturesComeBackFromPacketsAsTheyWere) {
  const Bytes many = join({kInterFrame, obuOf(5, hex("01")), obuOf(5, hex("02")),
                           obuOf(4, filled({}, 40)), obuOf(4, filled({}, 300))});
  for (const size_t maxBytes : {64u, 200u, 1428u}) {
    RtpFeed feed(config());
    const auto packetizer =
        makePacketizer({Kind::video, "AV1", 90000, *av1::parseSequenceHeader(sequenceHeader())});
    const std::vector<Bytes> pictures{kKey, kInterFrame, many};
    for (uint32_t time = 0; time < pictures.size(); ++time) {
      Frame frame;
      frame.key = time == 0;
      frame.payload = pictures[time];
      PayloadList list;
      packetizer->packetize(frame, maxBytes, list);
      for (size_t packet = 0; packet < list.size(); ++packet) {
        Bytes payload;
        list.write(packet, payload);
        EXPECT_LE(payload.size(), maxBytes);
        feed.send(time, payload, list.isMarked(packet));
      }
    }
    ASSERT_EQ(feed.units.size(), 3u) << maxBytes;
    for (size_t index = 0; index < 3; ++index) {
      EXPECT_EQ(feed.units[index].payload, pictures[index]) << maxBytes;
      EXPECT_EQ(feed.units[index].key, index == 0);
      EXPECT_FALSE(feed.units[index].damaged);
    }
    EXPECT_EQ(feed.units[0].picture, PictureType::i);
    EXPECT_EQ(feed.units[1].picture, PictureType::p);
    EXPECT_EQ(feed.parameters.size(), 1u);
  }
}

TEST(Av1, OnePacketHasTheHeaderOfItsPayloadFormat) {
  const auto packetizer = makePacketizer({Kind::video, "AV1", 90000, Av1Parameters()});
  Frame frame;
  frame.key = true;
  frame.payload =
      join({obuOf(av1::kTemporalDelimiter, {}), obuOf(1, hex("aabb")), obuOf(6, hex("10cc"))});
  PayloadList list;
  packetizer->packetize(frame, 100, list);
  ASSERT_EQ(list.size(), 1u);
  Bytes payload;
  list.write(0, payload);
  EXPECT_EQ(payload, hex("28 03 08aabb 3010cc"));
}

TEST(Av1, ElementsMayTellTheirSizesOrNot) {
  const Bytes header = bare(sequenceHeader());
  const Bytes frame = bare(kKeyFrame);
  const auto size = [](const Bytes& bytes) { return Bytes{static_cast<uint8_t>(bytes.size())}; };
  for (const Bytes& payload :
       {join({hex("08"), size(header), header, size(frame), frame}),
        join({hex("28"), size(header), header, frame}),
        // With sizes in the OBUs all the same, and a temporal delimiter.
        join({hex("38 02 1200"), size(sequenceHeader()), sequenceHeader(), kKeyFrame})}) {
    RtpFeed feed(config());
    feed.send(0, payload, true);
    ASSERT_EQ(feed.units.size(), 1u);
    EXPECT_EQ(feed.units[0].payload, kKey);
    EXPECT_TRUE(feed.units[0].key);
  }
}

TEST(Av1, WhatComesBeforeTheFirstKeyPictureIsDropped) {
  RtpFeed feed(config());
  feed.send(0, join({hex("10"), bare(kInterFrame)}), true);
  feed.send(1, join({hex("10"), bare(kKeyFrame)}), true);
  feed.send(2, join({hex("18"), kKey}), true);
  feed.send(3, join({hex("10"), bare(sequenceHeader())}));
  feed.send(3, join({hex("10"), bare(kKeyFrame)}), true);
  ASSERT_EQ(feed.units.size(), 1u);
  EXPECT_EQ(feed.units[0].timestamp, 3u);
}

TEST(Av1, APictureThatLostAPieceIsDamaged) {
  RtpFeed feed(config());
  const auto key = [&](uint32_t time) {
    feed.send(time, join({hex("18"), bare(sequenceHeader())}));
    feed.send(time, join({hex("10"), bare(kKeyFrame)}), true);
  };
  const Bytes frame = bare(kInterFrame);
  const Bytes first(frame.begin(), frame.begin() + 40);
  const Bytes rest(frame.begin() + 40, frame.end());
  key(0);
  feed.send(1, join({hex("50"), first}));
  feed.lose();
  feed.send(1, join({hex("90"), rest}), true);  // its begin is another one's
  feed.send(2, join({hex("50"), first}));
  feed.send(2, join({hex("90"), rest}), true);
  feed.lose();
  feed.send(3, join({hex("10"), frame}), true);
  feed.lose();
  key(4);
  feed.send(5, join({hex("10"), frame}), true);
  ASSERT_EQ(feed.units.size(), 5u);
  EXPECT_FALSE(feed.units[1].damaged);
  EXPECT_EQ(feed.units[1].payload, kInterFrame);
  EXPECT_TRUE(feed.units[2].damaged);
  EXPECT_FALSE(feed.units[3].damaged);
  EXPECT_TRUE(feed.units[3].key);
  EXPECT_FALSE(feed.units[4].damaged);
}

TEST(Av1, AnotherSizeIsToldBeforeItsFirstPicture) {
  RtpFeed feed(config());
  uint32_t time = 0;
  for (const uint32_t width : {320u, 320u, 640u}) {
    feed.send(time, join({hex("10"), bare(sequenceHeader(width))}));
    feed.send(time++, join({hex("10"), bare(kKeyFrame)}), true);
  }
  ASSERT_EQ(feed.units.size(), 3u);
  ASSERT_EQ(feed.parameters.size(), 2u);
  EXPECT_EQ(feed.unitsBefore[1], 2u);
}

}  // namespace
}  // namespace core
