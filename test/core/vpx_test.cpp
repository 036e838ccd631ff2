#include "core/vpx.hpp"

#include "core/bit_writer.hpp"
#include "core/fmp4.hpp"
#include "core/hex.hpp"
#include "core/rtp_feed.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

RtpTrackConfig configOf(std::string codec) {
  RtpTrackConfig made;
  made.kind = Kind::video;
  made.codec = std::move(codec);
  return made;
}

Bytes padded(Bytes bytes, size_t size = 60) {
  while (bytes.size() < size) bytes.push_back(static_cast<uint8_t>(bytes.size()));
  return bytes;
}

// 320x240.
const Bytes kVp8Key = padded(hex("100200 9d012a 4001 f000"));
const Bytes kVp8Inter = padded(hex("110200"));
const Bytes kVp9Key = padded(BitWriter()
                                 .bits(2, 2)
                                 .bits(0, 2)
                                 .bits(0, 1)
                                 .bits(0, 1)
                                 .bits(2, 2)
                                 .bits(0x498342, 24)
                                 .bits(1, 3)
                                 .bits(0, 1)
                                 .bits(319, 16)
                                 .bits(239, 16)
                                 .take());
const Bytes kVp9Inter = padded(hex("86"));

struct Codec {
  const char* name;
  Bytes key, inter;
  const char* fmp4;
};

class Vpx : public testing::TestWithParam<Codec> {};

TEST_P(Vpx, PicturesComeBackFromPacketsAsTheyWere) {
  for (const size_t maxBytes : {64u, 20u, 1428u}) {
    RtpFeed feed(configOf(GetParam().name));
    RtpFeed start(configOf(GetParam().name));
    start.send(0, join({hex(GetParam().name[2] == '8' ? "10" : "0c"), GetParam().key}), true);
    const auto packetizer =
        makePacketizer({Kind::video, GetParam().name, 90000, start.parameters.at(0)});
    for (uint32_t time = 0; time < 3; ++time) {
      Frame frame;
      frame.key = time == 0;
      frame.payload = frame.key ? GetParam().key : GetParam().inter;
      PayloadList list;
      packetizer->packetize(frame, maxBytes, list);
      for (size_t packet = 0; packet < list.size(); ++packet) {
        Bytes payload;
        list.write(packet, payload);
        EXPECT_LE(payload.size(), maxBytes);
        feed.send(time, payload, list.isMarked(packet));
      }
    }
    ASSERT_EQ(feed.units.size(), 3u);
    EXPECT_TRUE(feed.units[0].key);
    EXPECT_FALSE(feed.units[1].key);
    EXPECT_EQ(feed.units[0].payload, GetParam().key);
    EXPECT_EQ(feed.units[2].payload, GetParam().inter);
    EXPECT_FALSE(feed.units[2].damaged);
    const VideoParameters* video = videoOf(feed.parameters.at(0));
    EXPECT_EQ(video->width, 320u);
    EXPECT_EQ(video->height, 240u);
    EXPECT_EQ(feed.parameters.size(), 1u);
    EXPECT_EQ(fmp4::codecs({Kind::video, GetParam().name, 90000, feed.parameters[0]}),
              GetParam().fmp4);
  }
}

TEST_P(Vpx, WhatComesBeforeTheFirstKeyPictureIsDropped) {
  RtpFeed feed(configOf(GetParam().name));
  const Bytes head = hex(GetParam().name[2] == '8' ? "10" : "0c");
  feed.send(0, join({head, GetParam().inter}), true);
  feed.send(1, join({head, GetParam().key}), true);
  ASSERT_EQ(feed.units.size(), 1u);
  EXPECT_TRUE(feed.units[0].key);
}

TEST_P(Vpx, APictureThatLostAPieceIsDamaged) {
  RtpFeed feed(configOf(GetParam().name));
  const bool isVp8 = GetParam().name[2] == '8';
  const Bytes whole = hex(isVp8 ? "10" : "0c");
  const Bytes begin = hex(isVp8 ? "10" : "08");
  const Bytes more = hex("00");
  feed.send(0, join({whole, GetParam().key}), true);
  feed.send(1, join({begin, GetParam().inter}));
  feed.lose();
  feed.send(1, join({more, GetParam().inter}), true);
  feed.send(2, join({more, GetParam().inter}), true);
  feed.send(3, join({whole, GetParam().key}));
  feed.send(4, join({whole, GetParam().inter}), true);
  ASSERT_EQ(feed.units.size(), 5u);
  EXPECT_TRUE(feed.units[1].damaged);
  EXPECT_TRUE(feed.units[2].damaged);
  EXPECT_FALSE(feed.units[3].damaged);
  EXPECT_FALSE(feed.units[4].damaged);
}

INSTANTIATE_TEST_SUITE_P(Codecs, Vpx,
                         testing::Values(Codec{"VP8", kVp8Key, kVp8Inter, ""},
                                         Codec{"VP9", kVp9Key, kVp9Inter, "vp09.00.20.08"}),
                         [](const auto& test) { return test.param.name; });

TEST(Vp8, DescriptorsOfAnyLengthAreTakenOff) {
  for (const char* descriptor : {"10", "9080 7f", "9080 8123", "90f0 8123 05 60", "9020 60"}) {
    RtpFeed feed(configOf("VP8"));
    feed.send(0, join({hex(descriptor), kVp8Key}), true);
    ASSERT_EQ(feed.units.size(), 1u) << descriptor;
    EXPECT_EQ(feed.units[0].payload, kVp8Key) << descriptor;
    EXPECT_TRUE(feed.units[0].key);
  }
}

TEST(Vp8, ItsNBitTellsWhatNobodyRefersTo) {
  RtpFeed feed(configOf("VP8"));
  feed.send(0, join({hex("10"), kVp8Key}), true);
  feed.send(1, join({hex("30"), kVp8Inter}), true);
  EXPECT_FALSE(feed.units.at(0).droppable);
  EXPECT_TRUE(feed.units.at(1).droppable);
}

TEST(Vp9, DescriptorsOfAnyLengthAreTakenOff) {
  // Short and long picture id, layers, flexible mode with references, scalability structure.
  for (const char* descriptor :
       {"0c", "8c 05", "8c 8005", "ac 8005 00 01", "dc 8005 03 02", "0e 18 0140 00f0 01 04 01"}) {
    RtpFeed feed(configOf("VP9"));
    feed.send(0, join({hex(descriptor), kVp9Key}), true);
    ASSERT_EQ(feed.units.size(), 1u) << descriptor;
    EXPECT_EQ(feed.units[0].payload, kVp9Key) << descriptor;
  }
}

}  // namespace
}  // namespace core
