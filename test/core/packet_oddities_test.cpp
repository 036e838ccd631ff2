#include "core/packet_oddities.hpp"

#include "core/hex.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

struct OddRow {
  const char* name;
  const char* codec;
  const char* payload;
  std::vector<Oddity> oddities;
};

class PacketOdditiesOf : public testing::TestWithParam<OddRow> {};

TEST_P(PacketOdditiesOf, AreSeenInThePayload) {
  const OddRow& row = GetParam();
  EXPECT_EQ(odditiesOf(row.codec, hex(row.payload)), row.oddities);
}

INSTANTIATE_TEST_SUITE_P(
    Payloads, PacketOdditiesOf,
    testing::Values(
        OddRow{"single", "H264", "65b80041", {}},
        OddRow{"startCodesV380", "H264", "6764 00000001 68ea", {Oddity::startCodes}},
        OddRow{"startCodeInFront", "H264", "00000001 6764", {Oddity::startCodes}},
        OddRow{"aggregate", "H264", "78 0002 6764 0002 68ea 0001 65", {}},
        OddRow{"aggregateV380", "H264", "78 0008 6764000000016801", {Oddity::startCodes}},
        OddRow{"fragment", "H264", "7c85 b800", {}},
        OddRow{"fragmentV380", "H264", "7c85 b8000001 65", {Oddity::startCodes}},
        OddRow{"fragmentAlone", "H264", "7cc5 b800", {Oddity::fragmentBits}},
        OddRow{"reserved", "H264", "7c25 b800", {Oddity::reservedBit}},
        OddRow{"cut", "H264", "7c", {}}, OddRow{"nothing", "H264", "", {}},
        OddRow{"fragment265", "H265", "6201 93 aabb", {}},
        OddRow{"fragmentAlone265", "H265", "6201 e6 aabb", {Oddity::fragmentBits}},
        OddRow{"cut265", "H265", "6201", {}}, OddRow{"aac", "MPEG4-GENERIC", "0010 0030 2101", {}},
        OddRow{"adts", "MPEG4-GENERIC", "fff14c8001bffc 2101", {Oddity::adts}},
        OddRow{
            "adtsBehindHeaders", "MPEG4-GENERIC", "0010 0048 fff14c80013ffc 2101", {Oddity::adts}},
        OddRow{"cutAac", "MPEG4-GENERIC", "00", {}},
        OddRow{"otherCodec", "OPUS", "00000001 6764", {}}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace core
