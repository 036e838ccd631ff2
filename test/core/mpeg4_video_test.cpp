#include "core/mpeg4_video.hpp"

#include "core/bit_writer.hpp"
#include "core/fmp4.hpp"
#include "core/format_parameters.hpp"
#include "core/hex.hpp"
#include "core/rtp_feed.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

Bytes filledTo(Bytes bytes, size_t size) {
  while (bytes.size() < size) bytes.push_back(static_cast<uint8_t>(bytes.size() | 0x80));
  return bytes;
}

// 25 pictures a second.
Bytes layer(uint32_t width = 320, uint32_t type = 1, bool isLowDelay = true) {
  BitWriter bits;
  bits.bits(0x120, 32).bits(0, 1).bits(type, 8).bits(1, 1).bits(5, 4).bits(1, 3).bits(1, 4);
  bits.bits(1, 1).bits(1, 2).bits(isLowDelay, 1).bits(0, 1).bits(0, 2);
  bits.bits(1, 1).bits(25, 16).bits(1, 1).bits(1, 1).bits(1, 5);
  bits.bits(1, 1).bits(width, 13).bits(1, 1).bits(240, 13).bits(1, 1);
  return bits.finish();
}

const Bytes kSequence = hex("000001b003 000001b509 00000100");
const Bytes kHeaders = join({kSequence, layer()});
const Bytes kIntra = filledTo(hex("000001b610"), 150);
const Bytes kPredicted = filledTo(hex("000001b650"), 150);
const Bytes kBetween = filledTo(hex("000001b690"), 40);

RtpTrackConfig trackOf(const Bytes& headers = kHeaders) {
  RtpTrackConfig made;
  made.kind = Kind::video;
  made.codec = "MP4V-ES";
  made.config = headers;
  return made;
}

TEST(Mpeg4Video, HeadersTellWhatADecoderNeeds) {
  const auto parameters = mpeg4::parseHeaders(kHeaders);
  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->width, 320u);
  EXPECT_EQ(parameters->height, 240u);
  EXPECT_EQ(parameters->frameRateNum, 25u);
  EXPECT_EQ(parameters->frameRateDen, 1u);
  EXPECT_EQ(parameters->profileLevel, 3u);
  EXPECT_EQ(parameters->headers, kHeaders);
  EXPECT_EQ(formatParameters(*parameters).substr(0, 44),
            "profile-level-id=3;config=000001b003000001b5");
  EXPECT_FALSE(fmp4::canCarry({Kind::video, "MP4V-ES", 90000, *parameters}));
}

TEST(Mpeg4Video, HeadersTellWhetherPicturesAreReordered) {
  EXPECT_EQ(mpeg4::parseHeaders(layer(320, 1, false))->maxReorderFrames, 0u);
  EXPECT_EQ(mpeg4::parseHeaders(layer(320, 17, false))->maxReorderFrames, 1u);
  EXPECT_EQ(mpeg4::parseHeaders(layer(320, 17, true))->maxReorderFrames, 0u);
}

TEST(Mpeg4Video, HeadersThatAreCutShortAreNone) {
  const Bytes whole = layer();
  for (size_t size = 0; size + 1 < whole.size(); ++size)
    EXPECT_FALSE(mpeg4::parseHeaders(ByteView(whole).first(size))) << size;
  EXPECT_FALSE(mpeg4::parseHeaders(kSequence));
  EXPECT_FALSE(mpeg4::parseHeaders(layer(0)));
}

TEST(Mpeg4Video, PicturesComeBackFromPacketsAsTheyWere) {
  for (const size_t maxBytes : {64u, 200u, 1428u}) {
    RtpFeed feed(trackOf());
    const auto packetizer = makePacketizer({Kind::video, "MP4V-ES", 90000, feed.parameters.at(0)});
    const std::vector<Bytes> pictures{join({kHeaders, kIntra}), kPredicted, kBetween, kIntra};
    for (uint32_t time = 0; time < pictures.size(); ++time) {
      Frame frame;
      frame.key = time % 3 == 0;
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
    ASSERT_EQ(feed.units.size(), 4u);
    for (size_t index = 0; index < 3; ++index) {
      EXPECT_EQ(feed.units[index].payload, pictures[index]);
      EXPECT_EQ(feed.units[index].key, index == 0);
      EXPECT_EQ(feed.units[index].droppable, index == 2);
      EXPECT_FALSE(feed.units[index].damaged);
    }
    EXPECT_EQ(feed.units[2].picture, PictureType::b);
    // Readers who have missed the description get it with the key picture.
    EXPECT_EQ(feed.units[3].payload, join({kHeaders, kIntra}));
    EXPECT_EQ(feed.parameters.size(), 1u);
  }
}

TEST(Mpeg4Video, WithoutADescriptionTheFirstHeadersBegin) {
  RtpFeed feed(trackOf({}));
  feed.send(0, kIntra, true);
  feed.send(1, kPredicted, true);
  const Bytes group = hex("000001b3001040");
  feed.send(2, join({kHeaders, group, kIntra}), true);
  // Other words around the same layer say nothing new.
  feed.send(3, join({kSequence, hex("000001b2 4c617663"), layer(), kIntra}), true);
  feed.send(4, join({kSequence, layer(640), kIntra}), true);
  ASSERT_EQ(feed.units.size(), 3u);
  ASSERT_EQ(feed.parameters.size(), 2u);
  EXPECT_EQ(std::get<Mpeg4VideoParameters>(feed.parameters[0]).headers, kHeaders);
  EXPECT_EQ(videoOf(feed.parameters[1])->width, 640u);
  EXPECT_EQ(feed.unitsBefore[1], 2u);
}

TEST(Mpeg4Video, APictureThatLostAPieceIsDamaged) {
  RtpFeed feed(trackOf());
  const Bytes first(kPredicted.begin(), kPredicted.begin() + 80);
  const Bytes rest(kPredicted.begin() + 80, kPredicted.end());
  feed.send(0, kIntra, true);
  feed.send(1, first);
  feed.lose();
  feed.send(1, rest, true);
  feed.lose();
  feed.send(2, rest, true);
  feed.send(3, kIntra, true);
  ASSERT_EQ(feed.units.size(), 4u);
  EXPECT_TRUE(feed.units[1].damaged);
  EXPECT_TRUE(feed.units[2].damaged);
  EXPECT_FALSE(feed.units[3].damaged);
}

}  // namespace
}  // namespace core
