#include "core/packet_oddities.hpp"

#include "core/hex.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

struct Row {
  const char* name;
  const char* codec;
  const char* payload;
  std::vector<Oddity> oddities;
};

class PacketOdditiesOf : public testing::TestWithParam<Row> {};

TEST_P(PacketOdditiesOf, AreSeenInThePayload) {
  const Row& row = GetParam();
  EXPECT_EQ(odditiesOf(row.codec, hex(row.payload)), row.oddities);
}

INSTANTIATE_TEST_SUITE_P(
    Payloads, PacketOdditiesOf,
    testing::Values(
        Row{"single", "H264", "65b80041", {}},
        Row{"startCodesV380", "H264", "6764 00000001 68ea", {Oddity::startCodes}},
        Row{"startCodeInFront", "H264", "00000001 6764", {Oddity::startCodes}},
        Row{"aggregate", "H264", "78 0002 6764 0002 68ea 0001 65", {}},
        Row{"aggregateV380", "H264", "78 0008 6764000000016801", {Oddity::startCodes}},
        Row{"fragment", "H264", "7c85 b800", {}},
        Row{"fragmentV380", "H264", "7c85 b8000001 65", {Oddity::startCodes}},
        Row{"fragmentAlone", "H264", "7cc5 b800", {Oddity::fragmentBits}},
        Row{"reserved", "H264", "7c25 b800", {Oddity::reservedBit}}, Row{"cut", "H264", "7c", {}},
        Row{"nothing", "H264", "", {}}, Row{"fragment265", "H265", "6201 93 aabb", {}},
        Row{"fragmentAlone265", "H265", "6201 e6 aabb", {Oddity::fragmentBits}},
        Row{"cut265", "H265", "6201", {}}, Row{"aac", "MPEG4-GENERIC", "0010 0030 2101", {}},
        Row{"adts", "MPEG4-GENERIC", "fff14c8001bffc 2101", {Oddity::adts}},
        Row{"adtsBehindHeaders", "MPEG4-GENERIC", "0010 0048 fff14c80013ffc 2101", {Oddity::adts}},
        Row{"cutAac", "MPEG4-GENERIC", "00", {}}, Row{"otherCodec", "OPUS", "00000001 6764", {}}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace core
