#include "core/capture_clock.hpp"
#include "core/decode_time.hpp"
#include "core/rtp_timeline.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace core {
namespace {

constexpr Micros kSecond{1'000'000};
constexpr Micros kNow{1'700'000'000'000'000};

std::vector<int64_t> decodeTimes(uint32_t reorder, const std::vector<int64_t>& shown) {
  DecodeTime decodeTime(reorder);
  std::vector<int64_t> times;
  for (const int64_t pts : shown) times.push_back(decodeTime.next(Micros{pts}).count());
  return times;
}

TEST(DecodeTime, WithoutReorderingIsPresentationTime) {
  EXPECT_EQ(decodeTimes(0, {0, 40, 80, 120}), (std::vector<int64_t>{0, 40, 80, 120}));
}

TEST(DecodeTime, WithBFramesIsTheSortedPresentationTimeLateByTheDepth) {
  const auto times = decodeTimes(1, {0, 120'000, 40'000, 80'000, 240'000, 160'000, 200'000});
  EXPECT_EQ(times, (std::vector<int64_t>{-1000, 0, 40'000, 80'000, 120'000, 160'000, 200'000}));
}

TEST(DecodeTime, GrowsItsDepthWhenTheStreamShowsMoreAndNeverRunsBackwards) {
  const auto times = decodeTimes(0, {0, 120, 40, 80, 240, 160, 200, 360, 280, 320});
  EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
}

TEST(RtpTimeline, UnwrapsTheCounter) {
  RtpTimeline timeline({90000});
  timeline.stamp(0, 0xFFFFFFFF - 89999, kNow);
  EXPECT_EQ(timeline.stamp(0, 0, kNow + kSecond).time, kSecond);
  EXPECT_EQ(timeline.stamp(0, 90000, kNow + 2 * kSecond).time, 2 * kSecond);
}

TEST(RtpTimeline, KeepsTheSpacingOfTheSourceWhateverTheArrival) {
  RtpTimeline timeline({90000});
  timeline.stamp(0, 0, kNow);
  EXPECT_EQ(timeline.stamp(0, 3600, kNow + 3 * kSecond).time, Micros{40'000});
  EXPECT_EQ(timeline.stamp(0, 7200, kNow + 3 * kSecond).time, Micros{80'000});
}

// Intelbras: a single frame 9,800 s back or 37,600 s ahead every few seconds.
TEST(RtpTimeline, PlacesASingleFrameHoursOffByItsArrival) {
  RtpTimeline timeline({90000});
  timeline.stamp(0, 1'000'000'000, kNow);
  const auto odd = timeline.stamp(0, 1'000'000'000 - 9800u * 90000, kNow + Micros{40'000});
  EXPECT_EQ(odd.time, Micros{40'000});
  EXPECT_FALSE(odd.restart);
  EXPECT_EQ(timeline.stamp(0, 1'000'007'200, kNow + Micros{80'000}).time, Micros{80'000});
}

TEST(RtpTimeline, TakesTheThirdUnbelievableTimeInARowAsANewCount) {
  RtpTimeline timeline({90000});
  timeline.stamp(0, 1'000'000'000, kNow);
  timeline.stamp(0, 0, kNow + Micros{40'000});
  timeline.stamp(0, 3600, kNow + Micros{80'000});
  const auto third = timeline.stamp(0, 7200, kNow + Micros{120'000});
  EXPECT_TRUE(third.restart);
  EXPECT_EQ(third.time, Micros{120'000});
  EXPECT_EQ(timeline.stamp(0, 10800, kNow + Micros{160'000}).time, Micros{160'000});
}

TEST(RtpTimeline, LetsALongSilenceBeOne) {
  RtpTimeline timeline({90000});
  timeline.stamp(0, 0, kNow);
  const auto next = timeline.stamp(0, 20 * 90000, kNow + 20 * kSecond);
  EXPECT_EQ(next.time, 20 * kSecond);
  EXPECT_FALSE(next.restart);
}

TEST(RtpTimeline, PlacesTracksByArrivalThenBySenderReports) {
  RtpTimeline timeline({90000, 48000});
  timeline.stamp(0, 0, kNow);
  EXPECT_EQ(timeline.stamp(1, 0, kNow + Micros{300'000}).time, Micros{300'000});
  timeline.senderReport(0, Micros{50'000'000}, 0);
  timeline.senderReport(1, Micros{50'100'000}, 0);  // really 100 ms after the picture
  const auto moved = timeline.stamp(1, 4800, kNow + Micros{400'000});
  EXPECT_TRUE(moved.restart);
  EXPECT_EQ(moved.time, Micros{200'000});
}

TEST(RtpTimeline, DoesNotBelieveSenderReportsThatPullTracksFarApart) {
  RtpTimeline timeline({90000, 48000});
  timeline.stamp(0, 0, kNow);
  timeline.stamp(1, 0, kNow);
  timeline.senderReport(0, Micros{50'000'000}, 0);
  timeline.senderReport(1, Micros{90'000'000}, 0);
  EXPECT_EQ(timeline.stamp(1, 4800, kNow + Micros{100'000}).time, Micros{100'000});
}

TEST(CaptureClock, FollowsTheLeastDelayedFrame) {
  CaptureClock clock;
  clock.observe(Micros{0}, kNow);
  clock.observe(3 * kSecond, kNow + 3 * kSecond);
  EXPECT_EQ(clock.observe(4 * kSecond, kNow + 4 * kSecond + Micros{200'000}) - kNow,
            4 * kSecond + Micros{4});
}

TEST(CaptureClock, ForgetsABurstAtTheStart) {
  CaptureClock clock;
  for (int i = 0; i < 10; ++i) clock.observe(i * kSecond, kNow);  // ten seconds out of a buffer
  clock.observe(10 * kSecond, kNow + 3 * kSecond);
  EXPECT_EQ(clock.observe(11 * kSecond, kNow + 4 * kSecond), kNow + 4 * kSecond);
}

}  // namespace
}  // namespace core
