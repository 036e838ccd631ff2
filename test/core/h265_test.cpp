#include "core/h265.hpp"

#include "core/bit_writer.hpp"
#include "core/fmp4.hpp"
#include "core/hex.hpp"
#include "core/mp4_reader.hpp"
#include "core/track.hpp"

#include <gtest/gtest.h>

namespace core::h265 {
namespace {

// Of x265: 320x240, Main; and 1920x1080, Main 10, three temporal layers, scaling lists.
const Bytes kVps = hex("40010c01ffff01600000030090000003000003003c959009");
const Bytes kSps =
    hex("42010101600000030090000003000003003ca00a080f16595912930bc05a020000030002000003003210");
const Bytes kPps = hex("4401c073c189");
const Bytes kMain10 = hex(
    "420101022000000300900000030000030078a003c0801107cad965654a4e1780b40400000fa40001d4c1827259b800"
    "3d090007a122");

Bytes nalOf(std::initializer_list<uint8_t> header, const Bytes& rbsp) {
  Bytes nal(header);
  size_t zeros = 0;
  for (const uint8_t byte : rbsp) {
    if (zeros >= 2 && byte <= 3) nal.push_back(3), zeros = 0;
    nal.push_back(byte);
    zeros = byte == 0 ? zeros + 1 : 0;
  }
  return nal;
}

// What real encoders leave out, up to and with the frame rate.
struct Draft {
  unsigned subLayers = 1;
  uint32_t chroma = 1;
  uint32_t width = 640;
  uint32_t height = 480;
  std::array<uint32_t, 4> window{};
  uint32_t reorder = 2;
  bool scalingLists = false;
  bool predictedSets = false;
  bool longTerm = false;
};

void writeProfile(BitWriter& out, unsigned subLayers) {
  out.bits(1, 8).bits(0x60000000, 32).bits(0, 48).bits(93, 8);
  for (unsigned i = 1; i < subLayers; ++i) out.bits(3, 2);
  if (subLayers > 1) out.bits(0, 2 * (9 - subLayers));
  for (unsigned i = 1; i < subLayers; ++i) out.bits(0, 48).bits(0, 40).bits(90, 8);
}

void writeScalingLists(BitWriter& out) {
  for (unsigned size = 0; size < 4; ++size) {
    for (unsigned matrix = 0; matrix < 6; matrix += size == 3 ? 3 : 1) {
      out.bits(matrix % 2, 1);
      if (matrix % 2 == 0) {
        out.ue(0);
        continue;
      }
      if (size > 1) out.se(-3);
      for (unsigned i = 0; i < std::min(64u, 16u << 2 * size); ++i) out.se(i % 2 ? 1 : -1);
    }
  }
}

// Three sets: one told in full, and two predicted from the one before.
void writeReferenceSets(BitWriter& out, bool predicted) {
  out.ue(predicted ? 3 : 0);
  if (!predicted) return;
  out.ue(2).ue(1).ue(0).bits(1, 1).ue(1).bits(1, 1).ue(0).bits(0, 1);
  out.bits(1, 1).bits(1, 1).ue(0).bits(1, 1).bits(1, 2).bits(0, 2).bits(1, 1);
  out.bits(1, 1).bits(0, 1).ue(2).bits(15, 4);
}

Bytes spsOf(const Draft& draft) {
  BitWriter out;
  out.bits(0, 4).bits(draft.subLayers - 1, 3).bits(1, 1);
  writeProfile(out, draft.subLayers);
  out.ue(0).ue(draft.chroma);
  if (draft.chroma == 3) out.bits(0, 1);
  out.ue(draft.width).ue(draft.height).bits(1, 1);
  for (const uint32_t side : draft.window) out.ue(side);
  out.ue(0).ue(0).ue(4).bits(1, 1);
  for (unsigned i = 0; i < draft.subLayers; ++i) out.ue(4).ue(draft.reorder).ue(0);
  for (int i = 0; i < 6; ++i) out.ue(1);
  out.bits(draft.scalingLists, 1);
  if (draft.scalingLists) {
    out.bits(1, 1);
    writeScalingLists(out);
  }
  out.bits(3, 2).bits(0, 1);
  writeReferenceSets(out, draft.predictedSets);
  out.bits(draft.longTerm, 1);
  if (draft.longTerm) out.ue(2).bits(0x155, 9).bits(0xaa, 9);
  out.bits(3, 2).bits(1, 1);
  out.bits(0, 4).bits(0, 3).bits(0, 1).bits(1, 1).bits(1001, 32).bits(30000, 32);
  return nalOf({0x42, 0x01}, out.bits(0, 3).finish());
}

TEST(H265Sps, TellsSizeRateAndOrder) {
  const auto sps = parseSps(kSps);
  ASSERT_TRUE(sps);
  EXPECT_EQ(sps->width, 320u);
  EXPECT_EQ(sps->height, 240u);
  EXPECT_EQ(sps->frameRateNum, 25u);
  EXPECT_EQ(sps->frameRateDen, 1u);
  EXPECT_EQ(sps->maxReorderFrames, 2u);
  EXPECT_EQ(sps->profileTierLevel[0], 1);
  EXPECT_EQ(sps->profileTierLevel[11], 60);
  const auto main10 = parseSps(kMain10);
  ASSERT_TRUE(main10);
  EXPECT_EQ(main10->width, 1920u);
  EXPECT_EQ(main10->height, 1080u);
  EXPECT_EQ(main10->bitDepthLuma, 10u);
  EXPECT_EQ(main10->frameRateNum, 30000u);
  EXPECT_EQ(main10->frameRateDen, 1001u);
}

struct Named {
  const char* name;
  Draft draft;
};

class H265Drafts : public testing::TestWithParam<Named> {};

TEST_P(H265Drafts, AreReadUpToTheFrameRate) {
  const auto sps = parseSps(spsOf(GetParam().draft));
  ASSERT_TRUE(sps) << sps.reason().text;
  EXPECT_EQ(sps->width, 640u);
  EXPECT_EQ(sps->height, 480u);
  EXPECT_EQ(sps->maxReorderFrames, 2u);
  EXPECT_EQ(sps->frameRateNum, 30000u);
  EXPECT_EQ(sps->frameRateDen, 1001u);
  EXPECT_TRUE(sps->whole && sps->hasVui);
  EXPECT_EQ(sps->hasScalingLists, GetParam().draft.scalingLists);
  EXPECT_EQ(sps->referenceSets, GetParam().draft.predictedSets ? 3u : 0u);
  EXPECT_EQ(sps->predictedReferenceSets, GetParam().draft.predictedSets ? 2u : 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Sets, H265Drafts,
    testing::Values(Named{"plain", {}}, Named{"subLayers", {.subLayers = 4}},
                    Named{"allSubLayers", {.subLayers = 7}},
                    Named{"scalingLists", {.scalingLists = true}},
                    Named{"predictedReferenceSets", {.predictedSets = true}},
                    Named{"longTermPictures", {.longTerm = true}},
                    Named{"fullChroma", {.chroma = 3}},
                    Named{"window", {.width = 648, .height = 496, .window = {1, 3, 0, 8}}}),
    [](const auto& test) { return test.param.name; });

TEST(H265Sps, RefusesWhatNoPictureHas) {
  EXPECT_FALSE(parseSps(spsOf({.width = 0})));
  EXPECT_FALSE(parseSps(spsOf({.width = 20000})));
  EXPECT_FALSE(parseSps(spsOf({.window = {160, 160, 0, 0}})));
  EXPECT_FALSE(parseSps(kPps));
  EXPECT_FALSE(parseSps(ByteView(kSps).first(20)));
}

TEST(H265Sps, LosesOnlyTheFrameRateWhenItsEndIsCutOff) {
  const auto sps = parseSps(ByteView(kSps).first(30));
  ASSERT_TRUE(sps);
  EXPECT_EQ(sps->width, 320u);
  EXPECT_EQ(sps->frameRateNum, 0u);
  EXPECT_FALSE(sps->whole);
}

TEST(H265Pps, TellsHowPicturesAreCoded) {
  const auto pps = parsePps(kPps);
  ASSERT_TRUE(pps);
  EXPECT_TRUE(pps->whole && pps->wavefronts);
  EXPECT_FALSE(pps->tiles || pps->dependentSlices || pps->weightedPrediction);
  BitWriter out;
  out.ue(7).ue(3).bits(1, 1).bits(0, 1).bits(2, 3).bits(0, 2).ue(3).ue(1).se(-4).bits(1, 1);
  out.bits(0, 1).bits(1, 1).ue(1).se(2).se(-2).bits(0, 1).bits(0, 2).bits(0, 1).bits(1, 1);
  const Bytes drafted = nalOf({0x44, 0x01}, out.bits(0, 1).bits(1, 1).finish());
  const auto tiled = parsePps(drafted);
  ASSERT_TRUE(tiled);
  EXPECT_EQ(tiled->id, 7u);
  EXPECT_EQ(tiled->spsId, 3u);
  EXPECT_EQ(tiled->extraSliceBits, 2u);
  EXPECT_EQ(tiled->refFramesL0, 4u);
  EXPECT_EQ(tiled->refFramesL1, 2u);
  EXPECT_EQ(tiled->initialQp, 22);
  EXPECT_TRUE(tiled->whole && tiled->dependentSlices && tiled->constrainedIntra && tiled->tiles);
  EXPECT_FALSE(tiled->weightedPrediction || tiled->wavefronts);
}

TEST(H265Pps, IsKnownByItsIdsWhenItsEndIsCutOff) {
  const auto pps = parsePps(ByteView(kPps).first(4));
  ASSERT_TRUE(pps);
  EXPECT_FALSE(pps->whole);
}

TEST(H265Vps, TellsTheFrameRateWhereTheSpsDoesNot) {
  BitWriter out;
  out.bits(5, 4).bits(3, 2).bits(0, 6).bits(0, 3).bits(1, 1).bits(0xffff, 16);
  writeProfile(out, 1);
  out.bits(1, 1).ue(4).ue(2).ue(0).bits(0, 6).ue(0).bits(1, 1).bits(1, 32).bits(20, 32);
  const Bytes vps = nalOf({0x40, 0x01}, out.bits(0, 4).finish());
  const auto parsed = parseVps(vps);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->id, 5u);
  EXPECT_EQ(parsed->frameRateNum, 20u);
  const Bytes silent(kSps.begin(), kSps.begin() + 30);
  const auto parameters = H265Parameters::fromSets(vps, silent, {kPps});
  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->frameRateNum, 20u);
}

TEST(H265Parameters, NeedAllThreeSets) {
  ASSERT_TRUE(H265Parameters::fromSets(kVps, kSps, {kPps}));
  EXPECT_FALSE(H265Parameters::fromSets({}, kSps, {kPps}));
  EXPECT_FALSE(H265Parameters::fromSets(kVps, kVps, {kPps}));
  EXPECT_FALSE(H265Parameters::fromSets(kVps, kSps, {}));
}

TEST(H265Fmp4, HasNameAndConfigurationOfTheSets) {
  const Track track{Kind::video, "H265", 90000, *H265Parameters::fromSets(kVps, kSps, {kPps})};
  const Epoch epoch{1, {track}};
  EXPECT_EQ(fmp4::codecs(epoch), "hvc1.1.6.L60.90");
  const Bytes init = fmp4::initSection(epoch);
  const auto found = mp4::find(init, "moov/trak/mdia/minf/stbl/stsd/hvc1/hvcC");
  ASSERT_EQ(found.size(), 1u);
  const ByteView record = found[0].body;
  EXPECT_EQ(record[0], 1);
  EXPECT_EQ(Bytes(record.begin() + 1, record.begin() + 13), hex("01 60000000 900000000000 3c"));
  EXPECT_EQ(record[22], 3);
  EXPECT_EQ(record[23], 0x80 | 32);
  EXPECT_EQ(record.size(), 23 + 3 * 5 + kVps.size() + kSps.size() + kPps.size());
}

TEST(H265Fmp4, NamesTierSpaceAndConstraintsAsTheyAre) {
  H265Parameters parameters = *H265Parameters::fromSets(kVps, kSps, {kPps});
  parameters.profileTierLevel = {0x62, 0x20, 0, 0, 0, 0xb0, 0, 0x10, 0, 0, 0, 153};
  const Epoch epoch{1, {{Kind::video, "H265", 90000, parameters}}};
  EXPECT_EQ(fmp4::codecs(epoch), "hvc1.A2.4.H153.B0.0.10");
}

}  // namespace
}  // namespace core::h265
