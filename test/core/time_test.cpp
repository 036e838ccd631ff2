#include "core/capture_clock.hpp"
#include "core/decode_time.hpp"
#include "core/rtp_timeline.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace core {
namespace {

constexpr Micros kOneSecond{1'000'000};
constexpr Micros kNow{1'700'000'000'000'000};
const std::vector<RtpTimeline::Clock> kVideoAlone{{90000}};

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
  RtpTimeline timeline(kVideoAlone);
  timeline.stamp(0, 0xFFFFFFFF - 89999, kNow);
  EXPECT_EQ(timeline.stamp(0, 0, kNow + kOneSecond).time, kOneSecond);
  EXPECT_EQ(timeline.stamp(0, 90000, kNow + 2 * kOneSecond).time, 2 * kOneSecond);
}

TEST(RtpTimeline, KeepsTheSpacingOfTheSourceWhateverTheArrival) {
  RtpTimeline timeline(kVideoAlone);
  timeline.stamp(0, 0, kNow);
  EXPECT_EQ(timeline.stamp(0, 3600, kNow + 3 * kOneSecond).time, Micros{40'000});
  EXPECT_EQ(timeline.stamp(0, 7200, kNow + 3 * kOneSecond).time, Micros{80'000});
}

// Intelbras: a single frame 9,800 s back or 37,600 s ahead every few seconds.
TEST(RtpTimeline, PlacesASingleFrameHoursOffByItsArrival) {
  RtpTimeline timeline(kVideoAlone);
  timeline.stamp(0, 1'000'000'000, kNow);
  const auto odd = timeline.stamp(0, 1'000'000'000 - 9800u * 90000, kNow + Micros{40'000});
  EXPECT_EQ(odd.time, Micros{40'000});
  EXPECT_FALSE(odd.restart);
  EXPECT_EQ(timeline.stamp(0, 1'000'007'200, kNow + Micros{80'000}).time, Micros{80'000});
}

TEST(RtpTimeline, TakesTheThirdUnbelievableTimeInARowAsANewCount) {
  RtpTimeline timeline(kVideoAlone);
  timeline.stamp(0, 1'000'000'000, kNow);
  timeline.stamp(0, 0, kNow + Micros{40'000});
  timeline.stamp(0, 3600, kNow + Micros{80'000});
  const auto third = timeline.stamp(0, 7200, kNow + Micros{120'000});
  EXPECT_TRUE(third.restart);
  EXPECT_EQ(third.time, Micros{120'000});
  EXPECT_EQ(timeline.stamp(0, 10800, kNow + Micros{160'000}).time, Micros{160'000});
}

TEST(RtpTimeline, LetsALongSilenceBeOne) {
  RtpTimeline timeline(kVideoAlone);
  timeline.stamp(0, 0, kNow);
  const auto next = timeline.stamp(0, 20 * 90000, kNow + 20 * kOneSecond);
  EXPECT_EQ(next.time, 20 * kOneSecond);
  EXPECT_FALSE(next.restart);
}

// Two tracks that began at one moment, the sound 100 ms later as seen by arrival.
struct TwoTracks {
  RtpTimeline timeline{{{90000}, {48000, true}}};
  Micros now{kNow};
  uint32_t video = 1'000'000, sound = 7'000;

  // 40 ms of both; true when a new epoch begins.
  bool step() {
    now += Micros{40'000};
    video += 3600;
    sound += 1920;
    const bool first = timeline.stamp(0, video, now).restart;
    return timeline.stamp(1, sound, now).restart || first;
  }
  void report(Micros videoNtp, Micros soundNtp) {
    timeline.senderReport(0, videoNtp, video);
    timeline.senderReport(1, soundNtp, sound);
  }
  // How much later the sound is than the picture of the same moment.
  Micros soundLag() {
    return timeline.stamp(1, sound, now).time - timeline.stamp(0, video, now).time;
  }
};

TEST(RtpTimeline, PlacesTracksByArrivalThenBySenderReports) {
  RtpTimeline timeline({{90000}, {48000, true}});
  timeline.stamp(0, 0, kNow);
  EXPECT_EQ(timeline.stamp(1, 0, kNow + Micros{300'000}).time, Micros{300'000});
  timeline.senderReport(0, Micros{50'000'000}, 0);
  timeline.senderReport(1, Micros{50'100'000}, 0);  // really 100 ms after the picture
  const auto moved = timeline.stamp(0, 36'000, kNow + Micros{400'000});
  EXPECT_TRUE(moved.restart);
  EXPECT_EQ(moved.time, Micros{600'000});  // 300 ms after the sound of 100 ms before it
  EXPECT_EQ(timeline.stamp(1, 4800, kNow + Micros{400'000}).time, Micros{400'000});
}

TEST(RtpTimeline, PlacesTracksByReportsThatCameBeforeTheirFirstUnits) {
  RtpTimeline timeline({{90000}, {48000, true}});
  timeline.senderReport(0, Micros{50'000'000}, 0);
  EXPECT_FALSE(timeline.knowsPlaces());
  timeline.senderReport(1, Micros{50'100'000}, 0);
  EXPECT_TRUE(timeline.knowsPlaces());
  timeline.stamp(0, 0, kNow);
  EXPECT_EQ(timeline.stamp(1, 0, kNow + Micros{300'000}).time, Micros{100'000});
}

TEST(RtpTimeline, PlacesTracksByRtpInfo) {
  RtpTimeline timeline({{90000}, {48000, true}});
  timeline.rtpInfo(0, 0xFFFFFF00);
  timeline.rtpInfo(1, 500);
  EXPECT_TRUE(timeline.knowsPlaces());
  timeline.stamp(0, 0xFFFFFF00 + 9000, kNow);
  EXPECT_EQ(timeline.stamp(1, 500, kNow + Micros{1'500'000}).time, Micros{-100'000});
}

// OMNY, Hikvision, Tapo.
TEST(RtpTimeline, DoesNotBelieveRtpInfoThatArrivalDoesNotBearOut) {
  RtpTimeline timeline({{90000}, {48000, true}});
  timeline.rtpInfo(0, 0);
  timeline.rtpInfo(1, 0);
  timeline.stamp(0, 1'000'000'000, kNow);
  EXPECT_EQ(timeline.stamp(1, 5, kNow + Micros{100'000}).time, Micros{100'000});
}

TEST(RtpTimeline, DoesNotBelieveSenderReportsThatPullTracksFarApart) {
  RtpTimeline timeline({{90000}, {48000, true}});
  timeline.stamp(0, 0, kNow);
  timeline.stamp(1, 0, kNow);
  timeline.senderReport(0, Micros{50'000'000}, 0);
  timeline.senderReport(1, Micros{90'000'000}, 0);
  EXPECT_EQ(timeline.stamp(1, 4800, kNow + Micros{100'000}).time, Micros{100'000});
}

TEST(RtpTimeline, TakesNoNoticeOfReportsWithoutAClock) {
  TwoTracks tracks;
  for (int i = 0; i < 500; ++i) {
    EXPECT_FALSE(tracks.step());
    if (i % 125 == 0) tracks.timeline.senderReport(0, Micros{0}, tracks.video);
    if (i % 100 == 0) tracks.timeline.senderReport(1, Micros{0}, tracks.sound);
  }
  EXPECT_EQ(tracks.soundLag(), Micros{0});
}

// A clock that shows the same time always.
TEST(RtpTimeline, TakesNoNoticeOfReportsWhoseClockStands) {
  TwoTracks tracks;
  int epochs = 0;
  for (int i = 0; i < 2000; ++i) {
    epochs += tracks.step();
    if (i % 125 == 0) tracks.timeline.senderReport(0, kNow, tracks.video);
    if (i % 100 == 0) tracks.timeline.senderReport(1, kNow, tracks.sound);
  }
  EXPECT_EQ(epochs, 0);
}

// Dahua Starlight: now and then a report is seconds off.
TEST(RtpTimeline, StaysWhereItIsWhenASenderReportJumps) {
  TwoTracks tracks;
  for (int i = 0; i < 2000; ++i) {
    EXPECT_FALSE(tracks.step());
    const Micros off{i % 500 == 250 ? 3'000'000 : i % 500 == 375 ? 600'000 : 0};
    if (i % 125 == 0) tracks.report(tracks.now + off, tracks.now);
  }
  EXPECT_EQ(tracks.soundLag(), Micros{0});
}

TEST(RtpTimeline, StaysWhereItIsWhenTheCameraSetsItsClock) {
  for (const Micros set : {Micros{-3'600'000'000}, Micros{700'000}, Micros{2'500'000}}) {
    TwoTracks tracks;
    for (int i = 0; i < 2000; ++i) {
      EXPECT_FALSE(tracks.step());
      const Micros ntp = tracks.now + (i > 700 ? set : Micros{0});
      if (i % 125 == 0) tracks.timeline.senderReport(0, ntp, tracks.video);
      if (i % 125 == 60) tracks.timeline.senderReport(1, ntp, tracks.sound);
    }
    EXPECT_EQ(tracks.soundLag(), Micros{0});
  }
}

TEST(RtpTimeline, BelievesAJumpThatReportsRepeat) {
  TwoTracks tracks;
  int epochs = 0;
  for (int i = 0; i < 2000; ++i) {
    epochs += tracks.step();
    const Micros late{i > 700 ? 300'000 : 0};
    if (i % 125 == 0) tracks.report(tracks.now + late, tracks.now);
  }
  EXPECT_EQ(epochs, 1);
  EXPECT_EQ(tracks.soundLag(), Micros{-300'000});
}

// 100 ppm between picture and sound: no gap, no growth of what they are apart.
TEST(RtpTimeline, FollowsADriftOfTracksForADayWithoutAGap) {
  RtpTimeline timeline({{90000}, {48000, true}});
  constexpr int64_t kPictures = 86'400 * 25;
  Micros before{-40'000};
  for (int64_t i = 0; i < kPictures; ++i) {
    const Micros now = kNow + Micros{i * 40'000};
    const auto video = static_cast<uint32_t>(i * 3600 + i * 3600 / 10'000);  // 100 ppm fast
    const auto sound = static_cast<uint32_t>(i * 1920);
    const auto picture = timeline.stamp(0, video, now);
    const auto heard = timeline.stamp(1, sound, now);
    ASSERT_FALSE(picture.restart || heard.restart);
    ASSERT_EQ(heard.time, Micros{i * 40'000});
    ASSERT_LT((picture.time - heard.time).count(), 25'000);
    ASSERT_GT((picture.time - heard.time).count(), -25'000);
    ASSERT_GT(picture.time - before, Micros{39'980});
    ASSERT_LT(picture.time - before, Micros{40'020});
    before = picture.time;
    if (i % 125 != 0) continue;
    timeline.senderReport(0, now, video);
    timeline.senderReport(1, now, sound);
  }
}

TEST(CaptureClock, FollowsADriftForADayWithoutGrowthOfDelay) {
  for (const int64_t framesEachSecond : {1, 25, 100})
    for (const int64_t ppm : {-100, 100}) {
      CaptureClock clock;
      const int64_t step = 1'000'000 / framesEachSecond;
      for (int64_t i = 0; i < 86'400 * framesEachSecond; ++i) {
        const Micros taken = kNow + Micros{i * step};
        const Micros delay{20'000 + i * 7919 % 10'000};
        const Micros capture =
            clock.observe(Micros{i * step + i * step * ppm / 1'000'000}, taken + delay);
        if (i < 3 * framesEachSecond) continue;
        ASSERT_GE(capture - taken, Micros{18'000});
        ASSERT_LE(capture - taken, Micros{30'000});
      }
    }
}

TEST(CaptureClock, FollowsTheLeastDelayedFrame) {
  CaptureClock clock;
  clock.observe(Micros{0}, kNow);
  clock.observe(3 * kOneSecond, kNow + 3 * kOneSecond);
  EXPECT_EQ(clock.observe(4 * kOneSecond, kNow + 4 * kOneSecond + Micros{200'000}) - kNow,
            4 * kOneSecond + Micros{240});
}

TEST(CaptureClock, ForgetsABurstAtTheStart) {
  CaptureClock clock;
  for (int i = 0; i < 10; ++i) clock.observe(i * kOneSecond, kNow);  // ten seconds out of a buffer
  clock.observe(10 * kOneSecond, kNow + 3 * kOneSecond);
  EXPECT_EQ(clock.observe(11 * kOneSecond, kNow + 4 * kOneSecond), kNow + 4 * kOneSecond);
}

}  // namespace
}  // namespace core
