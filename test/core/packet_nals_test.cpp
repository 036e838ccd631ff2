#include "core/packet_nals.hpp"

#include "core/hex.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

struct Row {
  const char* name;
  const char* codec;
  const char* payload;
  std::vector<uint8_t> types;
  NalPiece piece = NalPiece::whole;
};

class PacketNalsOf : public testing::TestWithParam<Row> {};

TEST_P(PacketNalsOf, AreReadFromThePayload) {
  const Row& row = GetParam();
  const PacketNals nals = nalsOf(row.codec, hex(row.payload));
  EXPECT_EQ(nals.types, row.types);
  EXPECT_EQ(nals.piece, row.piece);
}

INSTANTIATE_TEST_SUITE_P(
    Payloads, PacketNalsOf,
    testing::Values(Row{"single", "H264", "65b80041", {5}},
                    Row{"aggregate", "H264", "78 0002 6764 0002 68ea 0001 65", {7, 8, 5}},
                    Row{"cutAggregate", "H264", "78 0002 6764 0009 68ea", {7}},
                    Row{"emptyAggregate", "H264", "78", {}},
                    Row{"fuStart", "H264", "7c85 b800", {5}, NalPiece::start},
                    Row{"fuMiddle", "H264", "7c05 b800", {5}, NalPiece::middle},
                    Row{"fuEnd", "H264", "7c45 b800", {5}, NalPiece::end},
                    Row{"fuAlone", "H264", "7cc5 b800", {5}}, Row{"fuCut", "H264", "7c", {}},
                    Row{"startCodesV380", "H264", "6764 00000001 68ea 000001 65b8", {7, 8, 5}},
                    Row{"nothing", "H264", "", {}}, Row{"single265", "H265", "2601 af08", {19}},
                    Row{"aggregate265", "H265", "6001 0002 4001 0002 4201", {32, 33}},
                    Row{"fu265", "H265", "6201 93 aabb", {19}, NalPiece::start},
                    Row{"fuEnd265", "H265", "6201 53 aabb", {19}, NalPiece::end},
                    Row{"cut265", "H265", "26", {}},
                    Row{"otherCodec", "MPEG4-GENERIC", "0010 0030 2101", {}}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace core
