#include "core/jpeg.hpp"

#include "core/hex.hpp"
#include "core/packetizer.hpp"
#include "core/rtp_feed.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace core {
namespace {

RtpTrackConfig jpegTrack(const Bytes& size = {}) {
  RtpTrackConfig made;
  made.kind = Kind::video;
  made.codec = "JPEG";
  made.config = size;
  return made;
}

Bytes table(uint8_t first, size_t size = 64) {
  Bytes made;
  while (made.size() < size) made.push_back(static_cast<uint8_t>(first + made.size()));
  return made;
}
const Bytes kLuma = table(1);
const Bytes kChroma = table(101);

// Bytes of a scan hold no markers.
Bytes scan(size_t size) {
  Bytes made;
  while (made.size() < size) made.push_back(static_cast<uint8_t>(made.size() % 251));
  return made;
}
const Bytes kEndOfImage = hex("ffd9");

jpeg::Header header(uint16_t width = 320, uint16_t height = 240) {
  jpeg::Header made;
  made.width = width;
  made.height = height;
  made.halfHeight = true;
  made.quantizers = {kLuma, kChroma};
  return made;
}

Bytes picture(const jpeg::Header& head, size_t size = 500) {
  return join({jpeg::formatHeader(head), scan(size), kEndOfImage});
}

// Packets of one picture with type 1, 320x240, at an offset.
const Bytes kFirstHead = hex("00000000 01 ff 28 1e");
const Bytes kTables = join({hex("00000080"), kLuma, kChroma});

std::vector<Bytes> jpegPackets(const Bytes& payload, size_t maxBytes) {
  const auto packetizer = makePacketizer({Kind::video, "JPEG", 90000, JpegParameters()});
  Frame frame;
  frame.key = true;
  frame.payload = payload;
  PayloadList list;
  packetizer->packetize(frame, maxBytes, list);
  std::vector<Bytes> packets(list.size());
  for (size_t packet = 0; packet < list.size(); ++packet) {
    list.write(packet, packets[packet]);
    EXPECT_EQ(list.isMarked(packet), packet + 1 == list.size());
  }
  return packets;
}

TEST(Jpeg, APictureIsMadeOfItsScan) {
  RtpFeed feed(jpegTrack());
  feed.send(0, join({kFirstHead, kTables, scan(500)}), true);
  ASSERT_EQ(feed.units.size(), 1u);
  EXPECT_TRUE(feed.units[0].key);
  EXPECT_EQ(feed.units[0].payload, picture(header()));
  const auto& parameters = std::get<JpegParameters>(feed.parameters.at(0));
  EXPECT_EQ(parameters.width, 320u);
  EXPECT_EQ(parameters.height, 240u);
}

TEST(Jpeg, PicturesComeBackFromPacketsAsTheyWere) {
  std::vector<jpeg::Header> headers(4, header());
  headers[1].halfHeight = false;
  headers[2].restartInterval = 20;
  const Bytes deep = table(0, 128);
  headers[3].quantizers[0] = deep;
  for (const size_t maxBytes : {320u, 1428u}) {
    RtpFeed feed(jpegTrack());
    for (uint32_t time = 0; time < headers.size(); ++time) {
      const std::vector<Bytes> packets = jpegPackets(picture(headers[time], 2000), maxBytes);
      for (const Bytes& payload : packets) {
        EXPECT_LE(payload.size(), maxBytes);
        feed.send(time, payload, &payload == &packets.back());
      }
    }
    ASSERT_EQ(feed.units.size(), headers.size());
    for (size_t index = 0; index < headers.size(); ++index)
      EXPECT_EQ(feed.units[index].payload, picture(headers[index], 2000)) << index;
    EXPECT_EQ(feed.parameters.size(), 1u);
  }
}

TEST(Jpeg, PacketsSayWhatRfc2435Says) {
  jpeg::Header restarts = header();
  restarts.restartInterval = 20;
  const std::vector<Bytes> packets = jpegPackets(picture(restarts, 400), 300);
  ASSERT_EQ(packets.size(), 2u);
  EXPECT_EQ(Bytes(packets[0].begin(), packets[0].begin() + 16),
            hex("00000000 41 ff 28 1e 0014 ffff 00000080"));
  EXPECT_EQ(Bytes(packets[1].begin(), packets[1].begin() + 12),
            hex("0000009c 41 ff 28 1e 0014 ffff"));
}

TEST(Jpeg, TablesAreThoseOfTheQuality) {
  const jpeg::Quantizers fifty = jpeg::quantizersOf(50);
  EXPECT_EQ(Bytes(fifty[0].begin(), fifty[0].begin() + 8), hex("100b0c0e0c0a100e"));
  EXPECT_EQ(Bytes(fifty[1].begin(), fifty[1].begin() + 8), hex("111212181518 2f1a"));
  EXPECT_EQ(fifty[1][63], 99);
  EXPECT_EQ(jpeg::quantizersOf(99)[0][0], 1);
  EXPECT_EQ(jpeg::quantizersOf(1)[0][63], 255);
  RtpFeed feed(jpegTrack());
  feed.send(0, join({hex("00000000 01 32 28 1e"), scan(500)}), true);
  jpeg::Header expected = header();
  expected.quantizers = {fifty[0], fifty[1]};
  EXPECT_EQ(feed.units.at(0).payload, picture(expected));
}

TEST(Jpeg, TablesOfAQualityNeedNotComeAgain) {
  RtpFeed feed(jpegTrack());
  feed.send(0, join({hex("00000000 01 80 28 1e 00000000"), scan(500)}), true);
  feed.send(1, join({hex("00000000 01 80 28 1e"), kTables, scan(500)}), true);
  feed.send(2, join({hex("00000000 01 80 28 1e 00000000"), scan(500)}), true);
  feed.send(3, join({hex("00000000 01 ff 28 1e 00000000"), scan(500)}), true);
  ASSERT_EQ(feed.units.size(), 2u);
  EXPECT_EQ(feed.units[1].timestamp, 2u);
  EXPECT_EQ(feed.units[1].payload, picture(header()));
}

TEST(Jpeg, APictureTooLargeForItsPacketsHasTheSizeOfTheDescription) {
  RtpFeed without(jpegTrack());
  RtpFeed with(jpegTrack(hex("09600708")));
  const std::vector<Bytes> packets = jpegPackets(picture(header(2400, 1800), 400), 1000);
  for (RtpFeed* feed : {&without, &with}) feed->send(0, packets.at(0), true);
  EXPECT_TRUE(without.units.empty());
  ASSERT_EQ(with.units.size(), 1u);
  EXPECT_EQ(with.units[0].payload, picture(header(2400, 1800), 400));
}

// ONVIF Streaming Specification, JPEG over RTP: segments in the header extension of the first
// packet, filled up with ff.
TEST(Jpeg, APictureTooLargeForItsPacketsHasTheSizeOfTheirExtension) {
  const Bytes segments = hex("ffc0 0011 08 0708 0960 03 012200 021101 031101 ffff");
  RtpFeed feed(jpegTrack());
  const std::vector<Bytes> packets = jpegPackets(picture(header(2400, 1800), 800), 400);
  ASSERT_EQ(packets.size(), 3u);
  for (size_t index = 0; index < packets.size(); ++index) {
    RtpPacket packet;
    packet.sequence = static_cast<uint16_t>(index);
    packet.extensionProfile = index == 0 ? 0xffd8 : 0xffff;
    if (index == 0) packet.extension = segments;
    packet.payload = packets[index];
    packet.marker = index == 2;
    feed.depacketizer->push(packet);
  }
  ASSERT_EQ(feed.units.size(), 1u);
  EXPECT_EQ(feed.units[0].payload, picture(header(2400, 1800), 800));
  EXPECT_EQ(videoOf(feed.parameters.at(0))->width, 2400u);
}

TEST(Jpeg, APictureThatLostAPieceIsDamaged) {
  RtpFeed feed(jpegTrack());
  const std::vector<Bytes> packets = jpegPackets(picture(header(), 800), 400);
  ASSERT_EQ(packets.size(), 3u);
  feed.send(0, packets[0]);
  feed.lose();
  feed.send(0, packets[2], true);
  feed.lose();
  feed.send(1, packets[1]);
  feed.send(1, packets[2], true);
  feed.send(2, packets[0]);
  feed.send(2, packets[1]);
  feed.send(2, packets[2], true);
  ASSERT_EQ(feed.units.size(), 2u);
  EXPECT_TRUE(feed.units[0].damaged);
  EXPECT_FALSE(feed.units[0].key);
  EXPECT_FALSE(feed.units[1].damaged);
  EXPECT_EQ(feed.units[1].payload, picture(header(), 800));
}

TEST(Jpeg, WhatMakesNoSenseIsLeftOut) {
  RtpFeed feed(jpegTrack());
  uint32_t time = 0;
  for (const char* wrong : {"00", "00000000 02 ff 28 1e 00", "00000000 41 32 28 1e 00",
                            "00000000 01 ff 28 1e 00000080 00", "00000000 01 00 28 1e aa"})
    feed.send(++time, hex(wrong), true);
  EXPECT_TRUE(feed.units.empty());
}

TEST(Jpeg, WhatThePayloadFormatLacksHasNoPackets) {
  Bytes progressive = picture(header());
  const Bytes sof = hex("ffc0");
  *(std::search(progressive.begin(), progressive.end(), sof.begin(), sof.end()) + 1) = 0xc2;
  Bytes otherCodes = picture(header());
  const Bytes dht = hex("ffc4");
  *(std::search(otherCodes.begin(), otherCodes.end(), dht.begin(), dht.end()) + 6) = 2;
  for (const Bytes& payload :
       {progressive, otherCodes, hex("ffd8ffd9"), hex("00"), jpeg::formatHeader(header())})
    EXPECT_TRUE(jpegPackets(payload, 1000).empty());
  EXPECT_EQ(jpeg::parametersOf(progressive)->width, 320u);
  EXPECT_FALSE(jpeg::parametersOf(kEndOfImage));
}

}  // namespace
}  // namespace core
