#include "core/packet.hpp"

#include "core/hex.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

struct Good {
  const char* name;
  const char* bytes;
  const char* payload;
};

class RtpGood : public testing::TestWithParam<Good> {};

TEST_P(RtpGood, FindsThePayload) {
  const Bytes bytes = hex(GetParam().bytes);
  const auto packet = parseRtp(bytes);
  ASSERT_TRUE(packet) << packet.reason().text;
  const Bytes payload(packet->payload.begin(), packet->payload.end());
  EXPECT_EQ(payload, hex(GetParam().payload));
}

TEST(Rtp, FindsTheExtension) {
  const Bytes bytes = hex("91 60 0001 00000002 00000003 11111111 ffd8 0001 01020304 aa");
  const auto packet = parseRtp(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->extensionProfile, 0xffd8);
  EXPECT_EQ(Bytes(packet->extension.begin(), packet->extension.end()), hex("01020304"));
  const Bytes plain = hex("80 60 0001 00000002 00000003 aabb");
  EXPECT_TRUE(parseRtp(plain)->extension.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Packets, RtpGood,
    testing::Values(Good{"plain", "80 60 0001 00000002 00000003 aabb", "aabb"},
                    Good{"empty", "80 60 0001 00000002 00000003", ""},
                    Good{"csrc", "82 60 0001 00000002 00000003 11111111 22222222 aa", "aa"},
                    Good{"extension", "90 60 0001 00000002 00000003 bede 0001 01020304 aa", "aa"},
                    Good{"emptyExtension", "90 60 0001 00000002 00000003 bede 0000 aa", "aa"},
                    Good{"padding", "a0 60 0001 00000002 00000003 aabb 000003", "aabb"},
                    Good{"nothingButPadding", "a0 60 0001 00000002 00000003 0002", ""},
                    Good{"paddingOfZero", "a0 60 0001 00000002 00000003 aa00", "aa00"},
                    Good{"paddingFlagWithoutPayload", "a0 60 0001 00000002 00000003", ""},
                    Good{"everything",
                         "b1 60 0001 00000002 00000003 11111111 bede 0001 01020304 aa 01", "aa"}),
    [](const auto& test) { return test.param.name; });

TEST(Rtp, ReadsTheFixedHeader) {
  const Bytes bytes = hex("80 e1 fffe 89abcdef 01234567 00");
  const auto packet = parseRtp(bytes);
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->marker);
  EXPECT_EQ(packet->payloadType, 97);
  EXPECT_EQ(packet->sequence, 0xfffe);
  EXPECT_EQ(packet->timestamp, 0x89abcdefu);
  EXPECT_EQ(packet->ssrc, 0x01234567u);
}

struct Bad {
  const char* bytes;
  const char* reason;
};

TEST(Rtp, RefusesLengthsThatPassTheEnd) {
  const Bad table[] = {
      {"", "expected 12 bytes of RTP header"},
      {"80 60 0001 00000002 000000", "expected 12 bytes of RTP header"},
      {"40 60 0001 00000002 00000003 aa", "expected RTP version 2"},
      {"81 60 0001 00000002 00000003 aabbcc", "header passes the end of the packet"},
      {"90 60 0001 00000002 00000003 bede", "header passes the end of the packet"},
      {"90 60 0001 00000002 00000003 bede 0002 01020304", "header passes the end of the packet"},
      {"a0 60 0001 00000002 00000003 aabb05", "padding passes the end of the packet"},
  };
  for (const Bad& row : table) {
    const Bytes bytes = hex(row.bytes);
    const auto packet = parseRtp(bytes);
    ASSERT_FALSE(packet) << row.bytes;
    EXPECT_EQ(packet.reason().text, row.reason) << row.bytes;
  }
}

}  // namespace
}  // namespace core
