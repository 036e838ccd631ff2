#include "core/h264_order.hpp"

#include "core/bit_writer.hpp"
#include "core/hex.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace core {
namespace {

// x264 with three B-frames: 2 pictures are reordered, numbers of frames and orders have 4 and 6
// bits.
const std::string kReorderedSets =
    "00000001 67640028acd940780227e5c044000003000400000300c83c60c658";

Bytes withStartCode(uint8_t header, const Bytes& rest) {
  Bytes nal{0, 0, 0, 1, header};
  nal.insert(nal.end(), rest.begin(), rest.end());
  return nal;
}

Bytes sets() {
  Bytes all = hex(kReorderedSets);
  const Bytes pps = withStartCode(0x68, BitWriter().ue(0).ue(0).bits(0, 2).ue(0).finish());
  all.insert(all.end(), pps.begin(), pps.end());
  return all;
}

Bytes picture(uint8_t header, uint32_t order) {
  BitWriter slice;
  slice.ue(0).ue(7).ue(0).bits(0, 4);
  if ((header & 0x1f) == h264::kIdr) slice.ue(0);
  return withStartCode(header, slice.bits(order, 6).finish());
}

constexpr uint8_t kIdrPicture = 0x65;
constexpr uint8_t kReference = 0x41;
constexpr uint8_t kNoReference = 0x01;

std::vector<int64_t> countsOf(const std::vector<Bytes>& units) {
  H264Order order;
  order.read(sets());
  std::vector<int64_t> counts;
  for (const Bytes& unit : units) counts.push_back(order.read(unit)->count);
  return counts;
}

TEST(H264Order, IsThatOfThePictureOrderCounts) {
  const auto counts =
      countsOf({picture(kIdrPicture, 0), picture(kReference, 8), picture(kReference, 4),
                picture(kNoReference, 2), picture(kNoReference, 6)});
  EXPECT_EQ(counts, (std::vector<int64_t>{0, 8, 4, 2, 6}));
}

TEST(H264Order, GoesOnWhereTheCountsBeginAgain) {
  const auto counts =
      countsOf({picture(kIdrPicture, 0), picture(kReference, 30), picture(kReference, 60),
                picture(kReference, 8), picture(kNoReference, 2), picture(kReference, 16)});
  EXPECT_EQ(counts, (std::vector<int64_t>{0, 30, 60, 72, 66, 80}));
}

TEST(H264Order, BeginsAnewWithAnIdrPicture) {
  H264Order order;
  order.read(sets());
  order.read(picture(kReference, 60));
  const auto begun = order.read(picture(kIdrPicture, 0));
  EXPECT_TRUE(begun->restarts);
  EXPECT_EQ(begun->count, 0);
  EXPECT_EQ(begun->depth, 2U);
  EXPECT_FALSE(order.read(picture(kReference, 8))->restarts);
}

TEST(H264Order, OfWhatCannotBeReadIsThatOfThePictureBefore) {
  const auto counts = countsOf(
      {picture(kIdrPicture, 0), picture(kReference, 8), hex("00000001 41"), hex("00000001 09f0")});
  EXPECT_EQ(counts, (std::vector<int64_t>{0, 8, 8, 8}));
}

TEST(H264Order, IsTheOneOfDecodingWithoutParameterSets) {
  H264Order order;
  EXPECT_EQ(order.read(picture(kReference, 8))->depth, 0U);
}

// Of pictures with these counts, decoded 40 us apart, where 0 restarts them.
std::vector<int64_t> presentationTimes(uint32_t depth, const std::vector<int64_t>& counts) {
  PresentationTime times;
  std::vector<int64_t> shown;
  const auto take = [&] {
    while (const auto time = times.next()) shown.push_back(time->count());
  };
  Micros dts{0};
  for (const int64_t count : counts) {
    times.add({count == 0, count, depth}, dts);
    dts += Micros{40};
    take();
  }
  times.finish();
  take();
  return shown;
}

TEST(PresentationTime, OfPicturesInOrderIsTheirDecodeTime) {
  EXPECT_EQ(presentationTimes(0, {0, 2, 4}), (std::vector<int64_t>{0, 40, 80}));
}

TEST(PresentationTime, FollowsTheOrderOfPictures) {
  EXPECT_EQ(presentationTimes(2, {0, 8, 4, 2, 6, 12, 10}),
            (std::vector<int64_t>{0, 160, 80, 40, 120, 240, 200}));
}

TEST(PresentationTime, KeepsPicturesInFrontOfARestartThere) {
  EXPECT_EQ(presentationTimes(2, {0, 8, 4, 0, 8, 4}),
            (std::vector<int64_t>{0, 80, 40, 120, 200, 160}));
}

TEST(PresentationTime, HoldsFewPicturesWhateverTheyAre) {
  PresentationTime times;
  size_t held = 0;
  for (int64_t count = 100'000; count > 0; --count) {
    times.add({false, count, 16}, Micros{0});
    ++held;
    while (times.next()) --held;
    EXPECT_LE(held, 64U);
  }
}

}  // namespace
}  // namespace core
