#include "core/h264.hpp"

#include "core/bit_writer.hpp"
#include "core/hex.hpp"
#include "core/nal.hpp"
#include "core/track.hpp"

#include <gtest/gtest.h>

namespace core::h264 {
namespace {

struct Known {
  const char* name;
  const char* sps;
  uint8_t profile, level;
  uint32_t width, height;
  uint32_t rateNum, rateDen;
  int reorder;  // -1: not bounded
};

class KnownSps : public testing::TestWithParam<Known> {};

TEST_P(KnownSps, SaysWhatFfprobeSays) {
  const Known& known = GetParam();
  const auto sps = parseSps(hex(known.sps));
  ASSERT_TRUE(sps) << sps.reason().text;
  EXPECT_EQ(sps->profileIdc, known.profile);
  EXPECT_EQ(sps->levelIdc, known.level);
  EXPECT_EQ(sps->width, known.width);
  EXPECT_EQ(sps->height, known.height);
  EXPECT_EQ(sps->frameRateNum, known.rateNum);
  EXPECT_EQ(sps->frameRateDen, known.rateDen);
  const int reorder = sps->maxReorderFrames ? *sps->maxReorderFrames : -1;
  EXPECT_EQ(reorder, known.reorder);
}

// Made by x264 and OpenH264, checked against ffprobe and the trace_headers filter of ffmpeg.
INSTANTIATE_TEST_SUITE_P(
    Encoders, KnownSps,
    testing::Values(
        Known{"x264BFrames1080p", "67640028acd940780227e5c044000003000400000300c83c60c658", 100, 40,
              1920, 1080, 25, 1, 2},
        Known{"x264Slices1080p", "67640028acb603c0113f2e0220000003002000000651e3065c", 100, 40,
              1920, 1080, 25, 1, 0},
        Known{"x264IntraRefresh1080p", "67640028ac4d00f0044fcb80880000030008000003019078c195", 100,
              40, 1920, 1080, 25, 1, 0},
        Known{"x264Baseline1080p", "6742c028da01e0089f97011000000300100000030320f1832a", 66, 40,
              1920, 1080, 25, 1, 0},
        Known{"x264Interlaced422TenBit", "677a0015b6cd941533c44d808800001f4800075300f8a14cb0", 122,
              21, 322, 182, 30000, 1001, 2},
        Known{"x264Planes444", "67f4001f919b280a00b76022000003000200000300781e30632c", 244, 31,
              1280, 720, 30, 1, 2},
        Known{"x264HrdAndColours",
              "6764001eacd940b424d80da828282d2800000300080000030193020007a12000f425261807c50a6580",
              100, 30, 720, 576, 25, 1, 2},
        Known{"x264Main", "674d4016f201407b60220000030002000003003c1e2c5a24", 77, 22, 640, 480, 15,
              1, 1},
        Known{"openH264WithoutTiming", "6742c00d8c8d40b04a403c2211a8", 66, 13, 352, 288, 0, 1, 0}),
    [](const auto& test) { return test.param.name; });

// The fields that most of the tests below vary.
struct Draft {
  uint8_t profile = 77;
  uint8_t constraints = 0;
  uint32_t orderType = 0;
  uint32_t widthMbs = 40;
  uint32_t heightUnits = 30;
  bool frameMbsOnly = true;
  std::array<uint32_t, 4> crop{};  // left, right, top, bottom
  bool scalingLists = false;
};

BitWriter begin(const Draft& draft) {
  BitWriter out;
  out.bits(draft.profile, 8).bits(draft.constraints, 8).bits(30, 8).ue(0);
  if (draft.profile >= 100) {
    out.ue(1).ue(0).ue(0).bits(0, 1).bits(draft.scalingLists, 1);
    for (int list = 0; draft.scalingLists && list < 8; ++list) {
      out.bits(list == 0 || list == 6, 1);
      if (list == 0) out.se(-8);  // falls back to the default after one value
      for (int i = 0; list == 6 && i < 64; ++i) out.se(i % 2 ? 2 : -1);
    }
  }
  out.ue(0).ue(draft.orderType);
  if (draft.orderType == 0) out.ue(4);
  if (draft.orderType == 1) out.bits(0, 1).se(-1).se(2).ue(2).se(1).se(-1);
  out.ue(2).bits(0, 1).ue(draft.widthMbs - 1).ue(draft.heightUnits - 1);
  out.bits(draft.frameMbsOnly, 1);
  if (!draft.frameMbsOnly) out.bits(1, 1);
  out.bits(1, 1).bits(1, 1);
  for (const uint32_t side : draft.crop) out.ue(side);
  return out;
}

Bytes nalOf(uint8_t header, const Bytes& rbsp) {
  Bytes nal{header};
  size_t zeros = 0;
  for (const uint8_t byte : rbsp) {
    if (zeros >= 2 && byte <= 3) nal.push_back(3), zeros = 0;
    nal.push_back(byte);
    zeros = byte == 0 ? zeros + 1 : 0;
  }
  return nal;
}

Result<Sps> parseDraft(const Draft& draft) {
  return parseSps(nalOf(0x67, begin(draft).bits(0, 1).finish()));
}

Result<Sps> parseTiming(uint32_t unitsInTick, uint32_t timeScale) {
  BitWriter out = begin({});
  out.bits(1, 1).bits(0, 4).bits(1, 1).bits(unitsInTick, 32).bits(timeScale, 32).bits(1, 1);
  return parseSps(nalOf(0x67, out.bits(0, 4).finish()));
}

TEST(Sps, CropsInUnitsOfChromaAndFields) {
  const auto progressive = parseDraft({.crop = {1, 2, 3, 4}});
  ASSERT_TRUE(progressive);
  EXPECT_EQ(progressive->width, 640u - 6);
  EXPECT_EQ(progressive->height, 480u - 14);
  const auto fields = parseDraft({.heightUnits = 15, .frameMbsOnly = false, .crop = {0, 0, 0, 2}});
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->height, 480u - 8);
}

TEST(Sps, RefusesACropLargerThanThePicture) {
  EXPECT_FALSE(parseDraft({.crop = {160, 160, 0, 0}}));
  EXPECT_FALSE(parseDraft({.crop = {0, 0, 0, 0x7fffffff}}));
}

TEST(Sps, RefusesAPictureBeyondLevel62) {
  EXPECT_FALSE(parseDraft({.widthMbs = 1056}));
  EXPECT_FALSE(parseDraft({.widthMbs = 1055, .heightUnits = 1055}));
  EXPECT_TRUE(parseDraft({.widthMbs = 1055, .heightUnits = 132}));
}

TEST(Sps, SkipsScalingLists) {
  const auto sps = parseDraft({.profile = 100, .scalingLists = true});
  ASSERT_TRUE(sps);
  EXPECT_EQ(sps->width, 640u);
  EXPECT_EQ(sps->height, 480u);
}

TEST(Sps, BoundsReorderingByProfileAndPictureOrder) {
  EXPECT_EQ(parseDraft({})->maxReorderFrames, std::nullopt);
  EXPECT_EQ(parseDraft({.orderType = 1})->maxReorderFrames, std::nullopt);
  EXPECT_EQ(parseDraft({.orderType = 2})->maxReorderFrames, 0);
  EXPECT_EQ(parseDraft({.profile = 66})->maxReorderFrames, 0);
  EXPECT_EQ(parseDraft({.profile = 100, .constraints = 0x10})->maxReorderFrames, 0);
}

TEST(Sps, ReducesTheFrameRateAndRefusesAnImpossibleOne) {
  struct Row {
    uint32_t unitsInTick, timeScale, num, den;
  };
  const Row table[] = {
      {1, 50, 25, 1}, {1001, 60000, 30000, 1001}, {2, 15, 15, 4},        {0, 50, 0, 1},
      {1, 0, 0, 1},   {1, 90000, 0, 1},           {3600, 180000, 25, 1}, {0xffffffff, 1, 0, 1}};
  for (const Row& row : table) {
    const auto sps = parseTiming(row.unitsInTick, row.timeScale);
    ASSERT_TRUE(sps);
    EXPECT_EQ(sps->frameRateNum, row.num) << row.timeScale << "/" << row.unitsInTick;
    EXPECT_EQ(sps->frameRateDen, row.den) << row.timeScale << "/" << row.unitsInTick;
  }
}

TEST(Sps, KeepsThePictureSizeWhenTheVuiIsCutShort) {
  const auto sps = parseSps(nalOf(0x67, begin({}).bits(1, 1).bits(0x0f, 6).finish()));
  ASSERT_TRUE(sps);
  EXPECT_EQ(sps->width, 640u);
  EXPECT_EQ(sps->frameRateNum, 0u);
}

TEST(Sps, RefusesEveryBeginningThatIsCutBeforeTheSize) {
  const Bytes whole = hex("674d4016f201407b60220000030002000003003c1e2c5a24");
  for (size_t size = 0; size < 8; ++size)
    EXPECT_FALSE(parseSps(ByteView(whole).first(size))) << size;
}

TEST(Pps, ReadsBothIds) {
  const auto pps = parsePps(nalOf(0x68, BitWriter().ue(3).ue(1).bits(5, 4).finish()));
  ASSERT_TRUE(pps);
  EXPECT_EQ(pps->id, 3);
  EXPECT_EQ(pps->spsId, 1);
  EXPECT_FALSE(parsePps(nalOf(0x68, BitWriter().ue(256).ue(0).finish())));
  EXPECT_FALSE(parsePps(nalOf(0x68, BitWriter().ue(0).ue(32).finish())));
  EXPECT_FALSE(parsePps(hex("68")));
  EXPECT_FALSE(parsePps(hex("67 ff")));
}

TEST(SliceHeader, TellsTheKindOfPicture) {
  const SliceType kinds[] = {SliceType::p, SliceType::b, SliceType::i, SliceType::p, SliceType::i};
  for (uint32_t type = 0; type < 10; ++type) {
    const auto slice = parseSliceHeader(nalOf(0x41, BitWriter().ue(0).ue(type).ue(7).finish()));
    ASSERT_TRUE(slice);
    EXPECT_EQ(slice->type, kinds[type % 5]) << type;
    EXPECT_EQ(slice->ppsId, 7);
  }
  EXPECT_FALSE(parseSliceHeader(nalOf(0x41, BitWriter().ue(0).ue(10).ue(0).finish())));
  EXPECT_FALSE(parseSliceHeader(nalOf(0x41, BitWriter().ue(0).ue(0).ue(256).finish())));
  EXPECT_FALSE(parseSliceHeader(hex("41")));
}

TEST(SliceHeader, IsReadThroughEmulationPrevention) {
  const Bytes nal = nalOf(0x41, BitWriter().ue(0x3fffff).ue(2).ue(0).finish());
  ASSERT_NE(std::search_n(nal.begin(), nal.end(), 2, 0), nal.end());
  const auto slice = parseSliceHeader(nal);
  ASSERT_TRUE(slice);
  EXPECT_EQ(slice->firstMb, 0x3fffffu);
}

// Both as trace_headers of ffmpeg reads them.
TEST(Sps, SaysWhatTheVuiTells) {
  const auto sps = parseSps(
      hex("6764001eacd940b424d80da828282d2800000300080000030193020007a12000f425261807c50a6580"));
  ASSERT_TRUE(sps);
  EXPECT_TRUE(sps->hasVui && sps->vui.hasHrd && sps->vui.picStruct);
  EXPECT_FALSE(sps->hasScalingLists || sps->vui.fullRange || sps->gapsInFrameNum);
  EXPECT_EQ(sps->vui.sarWidth, 1u);
  EXPECT_EQ(sps->vui.sarHeight, 1u);
  EXPECT_EQ(sps->vui.videoFormat, 5);
  EXPECT_EQ(sps->vui.colourPrimaries, 5);
  EXPECT_EQ(sps->vui.transfer, 5);
  EXPECT_EQ(sps->vui.matrix, 5);
  EXPECT_EQ(sps->vui.maxDecFrameBuffering, 4);
  EXPECT_EQ(sps->log2MaxFrameNum, 4);
  EXPECT_EQ(sps->log2MaxPicOrderCntLsb, 6);
}

TEST(Sps, WithoutVuiTellsNoLook) {
  const auto sps = parseDraft({.profile = 100, .scalingLists = true});
  ASSERT_TRUE(sps);
  EXPECT_TRUE(sps->hasScalingLists);
  EXPECT_FALSE(sps->hasVui);
  EXPECT_EQ(sps->vui.sarWidth, 0u);
  EXPECT_FALSE(sps->vui.maxDecFrameBuffering);
}

TEST(Pps, SaysHowSlicesAreCoded) {
  const auto pps = parsePps(hex("68eae3cb22c0"));
  ASSERT_TRUE(pps);
  EXPECT_TRUE(pps->whole && pps->cabac && pps->weightedPrediction && pps->transform8x8);
  EXPECT_TRUE(pps->deblockingControl);
  EXPECT_FALSE(pps->constrainedIntra);
  EXPECT_EQ(pps->refFramesL0, 2);
  EXPECT_EQ(pps->refFramesL1, 1);
  EXPECT_EQ(pps->weightedBipredIdc, 2);
  EXPECT_EQ(pps->initialQp, 23);
}

TEST(Pps, WithSliceGroupsOrCutShortIsNotWhole) {
  const Bytes groups = nalOf(0x68, BitWriter().ue(0).ue(0).bits(0, 2).ue(1).bits(0, 40).finish());
  ASSERT_TRUE(parsePps(groups));
  EXPECT_FALSE(parsePps(groups)->whole);
  ASSERT_TRUE(parsePps(hex("68ea")));
  EXPECT_FALSE(parsePps(hex("68ea"))->whole);
}

TEST(RecoveryPoint, IsFoundAmongOtherMessages) {
  EXPECT_TRUE(hasRecoveryPoint(hex("06 06 01 c4 80")));
  EXPECT_TRUE(hasRecoveryPoint(hex("06 01 02 aabb 06 01 c4 80")));
  EXPECT_FALSE(hasRecoveryPoint(hex("06 05 04 06010606 80")));
  EXPECT_FALSE(hasRecoveryPoint(hex("06 06 7f c4 80")));
  EXPECT_FALSE(hasRecoveryPoint(hex("06 ffffffff")));
  EXPECT_FALSE(hasRecoveryPoint(hex("06")));
}

TEST(Nal, RemovesEmulationPrevention) {
  EXPECT_EQ(nal::unescape(hex("000003 01 000003 000003")), hex("0000 01 0000 0000"));
  EXPECT_EQ(nal::unescape(hex("0003 03 00 0003")), hex("0003 03 0000"));
  EXPECT_EQ(nal::unescape(hex("00000300 0003 01"), 4), hex("00000000"));
}

TEST(Nal, SplitsAtStartCodes) {
  struct Row {
    const char* bytes;
    std::vector<Bytes> pieces;
  };
  const Row table[] = {
      {"", {}},
      {"67aa", {hex("67aa")}},
      {"00000001 67aa 00000001 68bb 000001 65cc", {hex("67aa"), hex("68bb"), hex("65cc")}},
      {"67aa 000001 68bb 0000", {hex("67aa"), hex("68bb")}},
      {"000001 000001 65 000001", {hex("65")}},
      {"00000301", {hex("00000301")}},
  };
  for (const Row& row : table) {
    std::vector<Bytes> pieces;
    const Bytes bytes = hex(row.bytes);
    nal::splitAnnexB(bytes,
                     [&](ByteView piece) { pieces.emplace_back(piece.begin(), piece.end()); });
    EXPECT_EQ(pieces, row.pieces) << row.bytes;
  }
}

TEST(H264Parameters, AreMadeFromSets) {
  const Bytes sps = hex("67640028acd940780227e5c044000003000400000300c83c60c658");
  const Bytes pps = hex("68eae3cb22c0");
  const auto parameters = H264Parameters::fromSets(sps, {pps});
  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->sps, sps);
  EXPECT_EQ(parameters->pps, std::vector<Bytes>{pps});
  EXPECT_TRUE(parameters->reorderKnown);
  EXPECT_EQ(parameters->maxReorderFrames, 2);
  EXPECT_EQ(*parameters, *H264Parameters::fromSets(sps, {pps}));
  EXPECT_FALSE(H264Parameters::fromSets(sps, {}));
  EXPECT_FALSE(H264Parameters::fromSets(pps, {pps}));
}

}  // namespace
}  // namespace core::h264
