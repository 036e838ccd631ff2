#include "core/hls_packager.hpp"

#include "core/hls_recorder.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

using synthetic::audioTrack;
using synthetic::frame;
using synthetic::opaqueTrack;
using synthetic::videoTrack;

using Millis = std::chrono::milliseconds;
using Numbers = std::vector<int64_t>;

// Video at 25 frames a second from `from` to `to`, a key frame every `gop`.
void feedVideo(HlsRecorder& hls, int64_t from, int64_t to, int64_t gop) {
  for (int64_t ms = from; ms < to; ms += 40) hls.video(ms, (ms - from) % gop == 0);
}

// No key frame among them.
void feedDelta(HlsRecorder& hls, int64_t from, int64_t to) {
  for (int64_t ms = from; ms < to; ms += 40) hls.video(ms, false);
}

// Video with audio frames of 20 ms, each after the picture at whose time it begins.
void feedBoth(HlsRecorder& hls, int64_t from, int64_t to, int64_t gop) {
  for (int64_t ms = from; ms < to; ms += 20) {
    if ((ms - from) % 40 == 0) hls.video(ms, (ms - from) % gop == 0);
    hls.audio(ms);
  }
}

struct Boundaries {
  int64_t gop, segment;
  Numbers durations;
};

class HlsBoundaries : public testing::TestWithParam<Boundaries> {};

TEST_P(HlsBoundaries, ASegmentEndsAtTheFirstKeyFrameAtOrAfterItsDuration) {
  const auto& [gop, segment, durations] = GetParam();
  HlsRecorder hls({.segmentDuration = Millis{segment}});
  hls.epoch(1, {videoTrack()});
  feedVideo(hls, 0, 6000, gop);
  EXPECT_EQ(hls.durationsMs(), durations);
  int64_t start = 0;
  for (size_t i = 0; i < hls.segments.size(); ++i) {
    const HlsSegment& found = hls.segments[i];
    EXPECT_EQ(found.number, i);
    EXPECT_EQ(found.start, Millis{start});
    EXPECT_EQ(found.capture, found.start + Micros{1'000'000'000});
    EXPECT_FALSE(found.discontinuity);
    const Bytes media = HlsRecorder::bytes(found);
    const auto fragments = hls.fragments(i, media);
    ASSERT_FALSE(fragments.empty());
    EXPECT_TRUE(fragments[0].samples[0].key);
    EXPECT_EQ(hls.times(i, 1).size(), static_cast<size_t>(durations[i] / 40));
    start += durations[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Gops, HlsBoundaries,
                         testing::Values(Boundaries{1000, 1000, {1000, 1000, 1000, 1000, 1000}},
                                         Boundaries{1000, 1500, {2000, 2000}},
                                         Boundaries{400, 1000, {1200, 1200, 1200, 1200}},
                                         Boundaries{2000, 1000, {2000, 2000}},
                                         Boundaries{40, 2000, {2000, 2000}},
                                         // A key frame that is early by less than half a picture.
                                         Boundaries{1000, 1015, {1000, 1000, 1000, 1000, 1000}}));

TEST(HlsPackager, PartsConcatenatedAreTheSegmentAndNoneIsTooLong) {
  HlsRecorder hls({.segmentDuration = Millis{1000}, .partDuration = Millis{200}});
  hls.epoch(1, {videoTrack(), audioTrack()});
  feedBoth(hls, 0, 3200, 1000);
  ASSERT_EQ(hls.segments.size(), 3u);
  uint32_t sequence = 0;
  for (const HlsSegment& segment : hls.segments) {
    ASSERT_EQ(segment.parts.size(), 5u);
    Micros sum{0};
    size_t bytes = 0;
    for (size_t i = 0; i < segment.parts.size(); ++i) {
      EXPECT_EQ(segment.parts[i].duration, Millis{200});
      EXPECT_EQ(segment.parts[i].independent, i == 0);
      EXPECT_EQ(segment.parts[i].last, i == 4);
      sum += segment.parts[i].duration;
      bytes += segment.parts[i].block->size();
    }
    EXPECT_EQ(sum, segment.duration);
    EXPECT_EQ(bytes, segment.bytes);
    const Bytes media = HlsRecorder::bytes(segment);
    for (const auto& fragment : hls.fragments(segment.number, media)) {
      EXPECT_EQ(fragment.sequence, ++sequence);
    }
  }
  const std::vector<std::pair<uint64_t, size_t>> first(hls.parts.begin(), hls.parts.begin() + 6);
  EXPECT_EQ(first, (std::vector<std::pair<uint64_t, size_t>>{
                       {0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {1, 0}}));
}

TEST(HlsPackager, APartIsClosedAsSoonAsTheFrameAfterItIsThere) {
  HlsRecorder hls({.partDuration = Millis{200}});
  hls.epoch(1, {videoTrack()});
  feedVideo(hls, 0, 200, 1000);
  EXPECT_EQ(hls.parts.size(), 0u);
  hls.video(200, false);
  EXPECT_EQ(hls.parts.size(), 1u);
}

TEST(HlsPackager, ASegmentIsCompleteAsSoonAsTheNextKeyFrameIsThere) {
  HlsRecorder hls;
  hls.epoch(1, {videoTrack(), audioTrack()});
  feedBoth(hls, 0, 1000, 1000);
  EXPECT_EQ(hls.segments.size(), 0u);
  hls.video(1000, true);
  hls.audio(1000);
  EXPECT_EQ(hls.segments.size(), 1u);
}

TEST(HlsPackager, AFrameLongerThanAPartIsAPartOfItsOwn) {
  HlsRecorder hls({.segmentDuration = Millis{2000}, .partDuration = Millis{200}});
  hls.epoch(1, {videoTrack()});
  for (int64_t ms = 0; ms <= 4000; ms += 500) hls.video(ms, ms % 2000 == 0);
  ASSERT_EQ(hls.segments.size(), 2u);
  ASSERT_EQ(hls.segments[0].parts.size(), 4u);
  EXPECT_EQ(hls.segments[0].parts[0].duration, Millis{500});
}

struct Targets {
  int64_t frame, wanted;  // milliseconds
  Numbers parts;  // of a segment of a second
  int64_t target;
};

class HlsTargets : public testing::TestWithParam<Targets> {};

TEST_P(HlsTargets, PartsAreAsManyFramesAsComeNearest) {
  const auto& [frame, wanted, parts, target] = GetParam();
  HlsRecorder hls({.partDuration = Millis{wanted}});
  hls.epoch(1, {videoTrack()});
  for (int64_t ms = 0; ms <= 1000 + frame; ms += frame) hls.video(ms, ms % 1000 == 0);
  ASSERT_EQ(hls.segments.size(), 1u);
  Numbers durations;
  for (const HlsPart& part : hls.segments[0].parts)
    durations.push_back(part.duration.count() / 1000);
  EXPECT_EQ(durations, parts);
  EXPECT_EQ(hls.packager.partTarget(), Millis{target});
}

INSTANTIATE_TEST_SUITE_P(Rates, HlsTargets,
                         testing::Values(Targets{40, 200, {200, 200, 200, 200, 200}, 200},
                                         Targets{40, 210, {200, 200, 200, 200, 200}, 200},
                                         Targets{50, 220, {200, 200, 200, 200, 200}, 200},
                                         Targets{50, 230, {250, 250, 250, 250}, 250},
                                         Targets{125, 200, {250, 250, 250, 250}, 250},
                                         Targets{200, 100, {200, 200, 200, 200, 200}, 200},
                                         Targets{100, 1000, {1000}, 1000}));

TEST(HlsPackager, PartsHaveRoomForFramesThatComeUnevenly) {
  HlsRecorder hls({.partDuration = Millis{200}});
  hls.epoch(1, {videoTrack()});
  // 40 ms on average, up to 4 ms late.
  for (int64_t n = 0; n <= 100; ++n) hls.video(n * 40 + n * 7 % 5, n % 25 == 0);
  const Micros target = hls.packager.partTarget();
  for (const HlsSegment& segment : hls.segments)
    for (size_t i = 0; i < segment.parts.size(); ++i) {
      EXPECT_LE(segment.parts[i].duration, target);
      const bool last = i + 1 == segment.parts.size();
      EXPECT_GE(segment.parts[i].duration, last ? Micros{0} : target * 17 / 20);
    }
  EXPECT_EQ(hls.segments.size(), 4u);
}

TEST(HlsPackager, TheTargetOfAnEarlierPackagerIsKeptTo) {
  HlsRecorder hls({.partDuration = Millis{200}, .partTarget = Millis{130}});
  hls.epoch(1, {videoTrack()});
  feedVideo(hls, 0, 1080, 1000);
  EXPECT_EQ(hls.packager.partTarget(), Millis{130});
  EXPECT_EQ(hls.segments.at(0).parts.at(0).duration, Millis{120});
}

TEST(HlsPackager, TheTargetGrowsOnlyWithAnEpochOfLongerFrames) {
  HlsRecorder hls({.partDuration = Millis{200}});
  hls.epoch(1, {videoTrack()});
  feedVideo(hls, 0, 1000, 1000);
  hls.video(1000, true);
  hls.video(1500, false);  // pictures are missing
  hls.video(1540, false);
  EXPECT_EQ(hls.packager.partTarget(), Millis{200});
  hls.epoch(2, {videoTrack()});
  for (int64_t ms = 2000; ms <= 4500; ms += 500) hls.video(ms, ms % 1000 == 0);
  EXPECT_EQ(hls.packager.partTarget(), Millis{500});
}

TEST(HlsPackager, PartsCanBeFoundByTheirNumbersAlsoOfTheSegmentThatIsMade) {
  HlsRecorder hls({.partDuration = Millis{200}, .segmentCount = 1});
  hls.epoch(1, {videoTrack()});
  feedVideo(hls, 0, 3480, 1000);
  ASSERT_EQ(hls.segments.size(), 3u);
  EXPECT_EQ(hls.newest.number, 17u);
  EXPECT_EQ(hls.packager.findPart(5), nullptr);
  for (uint64_t number = 6; number <= 17; ++number) {
    ASSERT_NE(hls.packager.findPart(number), nullptr);
    EXPECT_EQ(hls.packager.findPart(number)->number, number);
  }
  EXPECT_EQ(hls.packager.findPart(18), nullptr);
}

TEST(HlsPackager, DurationsAreTrueAlsoWhereTheFrameRateChanges) {
  HlsRecorder hls;
  hls.epoch(1, {videoTrack()});
  const Numbers times{0, 10, 110, 180, 500, 555, 1000};
  for (const int64_t ms : times) hls.video(ms, ms % 1000 == 0);
  ASSERT_EQ(hls.segments.size(), 1u);
  const Bytes media = HlsRecorder::bytes(hls.segments[0]);
  size_t at = 0;
  for (const auto& fragment : hls.fragments(0, media)) {
    for (const mp4::Sample& sample : fragment.samples) {
      EXPECT_EQ(sample.dts, static_cast<uint64_t>(times[at] * 90));
      EXPECT_EQ(sample.duration, static_cast<uint32_t>((times[at + 1] - times[at]) * 90));
      ++at;
    }
  }
  EXPECT_EQ(at, 6u);
}

TEST(HlsPackager, AudioGoesToTheSegmentInWhichItsTimeFalls) {
  HlsRecorder hls;
  hls.epoch(1, {videoTrack(), audioTrack()});
  feedBoth(hls, 0, 2200, 1000);
  ASSERT_EQ(hls.segments.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    const Numbers times = hls.times(i, 2);
    ASSERT_EQ(times.size(), 50u);
    EXPECT_EQ(times.front(), static_cast<int64_t>(i) * 1000);
    EXPECT_EQ(times.back(), static_cast<int64_t>(i) * 1000 + 980);
  }
}

TEST(HlsPackager, AudioThatComesLateIsWaitedFor) {
  HlsRecorder hls;
  hls.epoch(1, {videoTrack(), audioTrack()});
  for (int64_t ms = 0; ms < 1400; ms += 20) {
    if (ms % 40 == 0) hls.video(ms, ms % 1000 == 0);
    if (ms >= 160) hls.audio(ms - 160);
  }
  ASSERT_EQ(hls.segments.size(), 1u);
  const Numbers times = hls.times(0, 2);
  ASSERT_EQ(times.size(), 50u);
  EXPECT_EQ(times.back(), 980);
}

TEST(HlsPackager, AudioThatFallsSilentDoesNotHoldTheVideoBack) {
  HlsRecorder hls;
  hls.epoch(1, {videoTrack(), audioTrack()});
  feedBoth(hls, 0, 500, 1000);
  feedDelta(hls, 520, 1000);
  feedVideo(hls, 1000, 3240, 1000);
  EXPECT_EQ(hls.durationsMs(), (Numbers{1000, 1000, 1000}));
  EXPECT_EQ(hls.times(0, 2).size(), 25u);
  // And once it has been waited for in vain, parts come without delay again.
  const size_t parts = hls.parts.size();
  hls.video(3240, false);
  hls.video(3280, false);
  hls.video(3320, false);
  hls.video(3360, false);
  hls.video(3400, false);
  EXPECT_EQ(hls.parts.size(), parts + 1);
  // It comes back in its place.
  for (int64_t ms = 3440; ms < 4300; ms += 20) {
    if (ms % 40 == 0) hls.video(ms, ms % 1000 == 0);
    hls.audio(ms);
  }
  ASSERT_EQ(hls.segments.size(), 4u);
  EXPECT_EQ(hls.times(3, 2).front(), 3440);
}

TEST(HlsPackager, AudioThatNeverComesDoesNotHoldTheVideoBack) {
  HlsRecorder hls;
  hls.epoch(1, {videoTrack(), audioTrack()});
  feedVideo(hls, 0, 2240, 1000);
  EXPECT_EQ(hls.durationsMs(), (Numbers{1000, 1000}));
}

TEST(HlsPackager, AGapInAudioWithinAPartKeepsWhatFollowsInItsPlace) {
  HlsRecorder hls({.partDuration = Millis{10'000}});
  hls.epoch(1, {videoTrack(), audioTrack()});
  for (int64_t ms = 0; ms < 1300; ms += 20) {
    if (ms % 40 == 0) hls.video(ms, ms % 1000 == 0);
    if (ms < 200 || ms >= 700) hls.audio(ms);
  }
  ASSERT_EQ(hls.segments.size(), 1u);
  const Numbers times = hls.times(0, 2);
  ASSERT_EQ(times.size(), 25u);
  EXPECT_EQ(times[9], 180);
  EXPECT_EQ(times[10], 700);
}

TEST(HlsPackager, WithoutVideoSegmentsEndByTheAudioFrame) {
  HlsRecorder hls({.segmentDuration = Millis{1000}, .partDuration = Millis{200}});
  hls.epoch(1, {audioTrack()});
  for (int64_t n = 0; n < 150; ++n) {
    hls.push(frame(0, true, {Micros{(n * 1024 * 1'000'000 + 24'000) / 48'000}}, 20));
  }
  ASSERT_EQ(hls.segments.size(), 3u);
  // 47 frames of 1024 samples are the first at or after a second.
  EXPECT_EQ(hls.segments[0].duration, Micros{1'002'667});
  for (const HlsSegment& segment : hls.segments) {
    for (const HlsPart& part : segment.parts) {
      EXPECT_TRUE(part.independent);
      EXPECT_LE(part.duration, Millis{200});
    }
  }
}

TEST(HlsPackager, PicturesInDecodeOrderKeepTheirPresentationTimes) {
  HlsRecorder hls;
  hls.epoch(1, {videoTrack()});
  // I P b b P b b: shown 2 pictures after decoding begins.
  const Numbers shown{2, 5, 3, 4, 8, 6, 7};
  for (int64_t gop = 0; gop < 4; ++gop) {
    for (int64_t n = 0; n < 7; ++n) {
      const Micros start{gop * 7 * 40'000};
      hls.push(frame(
          0, n == 0,
          {start + Micros{n * 40'000}, start + Micros{shown[static_cast<size_t>(n)] * 40'000}}));
    }
  }
  hls.packager.ended();
  ASSERT_EQ(hls.segments.size(), 1u);
  const Bytes media = HlsRecorder::bytes(hls.segments[0]);
  size_t n = 0;
  for (const auto& fragment : hls.fragments(0, media)) {
    for (const mp4::Sample& sample : fragment.samples) {
      EXPECT_EQ(static_cast<int64_t>(sample.dts) + sample.offset,
                (static_cast<int64_t>(n / 7) * 7 + shown[n % 7]) * 3600);
      ++n;
    }
  }
  EXPECT_EQ(n, 28u);
  EXPECT_EQ(hls.segments[0].start, Millis{80});
}

TEST(HlsPackager, AfterADamagedPictureVideoWaitsForAKeyFrameAndAudioGoesOn) {
  HlsRecorder hls;
  hls.epoch(1, {videoTrack(), audioTrack()});
  for (int64_t ms = 0; ms < 3240; ms += 20) {
    if (ms % 40 == 0) {
      Frame picture = frame(0, ms % 1000 == 0, {Millis{ms}});
      picture.damaged = ms == 1400;
      hls.push(std::move(picture));
    }
    hls.audio(ms);
  }
  EXPECT_EQ(hls.durationsMs(), (Numbers{1000, 1000, 1000}));
  EXPECT_EQ(hls.times(1, 1).size(), 10u);
  EXPECT_EQ(hls.times(1, 1).back(), 1360);
  EXPECT_EQ(hls.times(1, 2).size(), 50u);
  EXPECT_EQ(hls.times(2, 1).size(), 25u);
  EXPECT_FALSE(hls.segments[2].discontinuity);
}

TEST(HlsPackager, ADamagedKeyFrameBeginsNothing) {
  HlsRecorder hls;
  hls.epoch(1, {videoTrack()});
  Frame key = frame(0, true, {Millis{0}});
  key.damaged = true;
  hls.push(std::move(key));
  feedDelta(hls, 40, 1000);
  EXPECT_TRUE(hls.parts.empty());
  feedVideo(hls, 1000, 2040, 1000);
  EXPECT_EQ(hls.times(0, 1).front(), 1000);
}

TEST(HlsPackager, AnEpochWithTheSameTracksKeepsTheInitSection) {
  HlsRecorder hls;
  hls.epoch(1, {videoTrack()});
  feedVideo(hls, 0, 1400, 1000);
  hls.epoch(2, {videoTrack()});
  feedVideo(hls, 1400, 2480, 1000);
  EXPECT_EQ(hls.inits.size(), 1u);
  // What was open is closed; nothing followed its last frame, so 40 ms are a guess.
  EXPECT_EQ(hls.durationsMs(), (Numbers{1000, 400, 1000}));
  EXPECT_FALSE(hls.segments[1].discontinuity);
  EXPECT_TRUE(hls.segments[2].discontinuity);
  EXPECT_EQ(hls.segments[2].number, 2u);
  EXPECT_EQ(hls.segments[2].init, 1u);
}

TEST(HlsPackager, AnEpochWithOtherTracksHasAnInitSectionOfItsOwn) {
  Track larger = videoTrack();
  std::get<H264Parameters>(larger.parameters).width = 640;
  const std::vector<std::vector<Track>> epochs{
      {videoTrack()}, {videoTrack(), audioTrack()}, {larger, audioTrack()}, {audioTrack()}};
  HlsRecorder hls;
  uint32_t number = 0;
  for (const auto& tracks : epochs) {
    hls.epoch(++number, tracks);
    feedVideo(hls, number * 2000, number * 2000 + 400, 1000);
  }
  hls.packager.ended();
  ASSERT_EQ(hls.inits.size(), 4u);
  ASSERT_EQ(hls.segments.size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(hls.inits[i].number, i + 1);
    EXPECT_EQ(hls.segments[i].init, i + 1);
    EXPECT_EQ(hls.segments[i].discontinuity, i > 0);
  }
  EXPECT_EQ(hls.inits[0].codecs, "avc1.64000d");
  EXPECT_EQ(hls.inits[1].codecs, "avc1.64000d,mp4a.40.2");
  EXPECT_EQ(hls.inits[2].width, 640u);
  EXPECT_EQ(hls.inits[2].frameRateNum, 25u);
  EXPECT_EQ(hls.inits[3].width, 0u);
}

TEST(HlsPackager, AFlaggedDiscontinuityEndsTheSegment) {
  HlsRecorder hls;
  hls.epoch(1, {videoTrack(), audioTrack()});
  feedBoth(hls, 0, 400, 1000);
  // Both tracks say so; it is one break.
  for (int64_t ms = 60'000; ms < 61'240; ms += 20) {
    if (ms % 40 == 0) {
      Frame picture = frame(0, ms % 1000 == 0, {Millis{ms}});
      picture.discontinuity = ms == 60'000;
      hls.push(std::move(picture));
    }
    Frame sound = frame(1, true, {Millis{ms}}, 20);
    sound.discontinuity = ms == 60'000;
    hls.push(std::move(sound));
  }
  EXPECT_EQ(hls.durationsMs(), (Numbers{400, 1000}));
  EXPECT_TRUE(hls.segments[1].discontinuity);
  EXPECT_EQ(hls.inits.size(), 1u);
}

TEST(HlsPackager, TimeThatJumpsUnannouncedIsADiscontinuityToo) {
  HlsRecorder hls;
  hls.epoch(1, {videoTrack()});
  feedVideo(hls, 100'000, 101'000, 1000);
  feedVideo(hls, 10'000, 11'000, 1000);
  feedVideo(hls, 500'000, 501'040, 1000);
  EXPECT_EQ(hls.durationsMs(), (Numbers{1000, 1000, 1000}));
  EXPECT_TRUE(hls.segments[1].discontinuity);
  EXPECT_TRUE(hls.segments[2].discontinuity);
}

TEST(HlsPackager, AFrameThatRepeatsATimeIsLeftOut) {
  HlsRecorder hls;
  hls.epoch(1, {videoTrack(), audioTrack()});
  for (int64_t ms = 0; ms < 1240; ms += 20) {
    if (ms % 40 == 0) hls.video(ms, ms % 1000 == 0);
    hls.audio(ms);
    if (ms == 500) hls.audio(ms);
  }
  ASSERT_EQ(hls.segments.size(), 1u);
  EXPECT_EQ(hls.times(0, 2).size(), 50u);
}

TEST(HlsPackager, ASegmentThatGrowsTooLargeEndsAndTheRestOfItsGroupIsDropped) {
  HlsRecorder hls({.segmentMaxBytes = 2000});
  hls.epoch(1, {videoTrack()});
  feedVideo(hls, 0, 2040, 1000);
  ASSERT_EQ(hls.segments.size(), 2u);
  for (const HlsSegment& segment : hls.segments) {
    EXPECT_LE(segment.bytes, 2000u);
    EXPECT_LT(segment.duration, Millis{600});
  }
  EXPECT_EQ(hls.times(1, 1).front(), 1000);
  EXPECT_TRUE(hls.segments[1].discontinuity);
}

TEST(HlsPackager, AKeyFrameTooLargeForASegmentIsLeftOut) {
  HlsRecorder hls({.segmentMaxBytes = 2000});
  hls.epoch(1, {videoTrack()});
  hls.push(frame(0, true, {Millis{0}}, 5000));
  feedDelta(hls, 40, 1000);
  feedVideo(hls, 1000, 1200, 1000);
  hls.packager.ended();
  ASSERT_EQ(hls.segments.size(), 1u);
  EXPECT_EQ(hls.segments[0].number, 0u);
  EXPECT_EQ(hls.segments[0].start, Millis{1000});
  EXPECT_FALSE(hls.segments[0].discontinuity);
}

TEST(HlsPackager, TheWindowKeepsTwiceThePlaylistAndTheInitSectionsItNeeds) {
  HlsRecorder hls({.segmentCount = 2});
  hls.epoch(1, {videoTrack()});
  feedVideo(hls, 0, 1000, 1000);
  hls.epoch(2, {videoTrack(), audioTrack()});
  feedVideo(hls, 1000, 4240, 1000);
  ASSERT_EQ(hls.segments.size(), 4u);
  EXPECT_NE(hls.packager.findSegment(0), nullptr);
  EXPECT_NE(hls.packager.findInit(1), nullptr);
  EXPECT_EQ(hls.packager.findSegment(4), nullptr);
  feedDelta(hls, 4240, 5000);
  feedVideo(hls, 5000, 5240, 1000);
  ASSERT_EQ(hls.segments.size(), 5u);
  EXPECT_EQ(hls.packager.findSegment(0), nullptr);
  EXPECT_EQ(hls.packager.findInit(1), nullptr);
  for (uint64_t number = 1; number < 5; ++number) {
    ASSERT_NE(hls.packager.findSegment(number), nullptr);
    EXPECT_EQ(hls.packager.findSegment(number)->number, number);
  }
  ASSERT_NE(hls.packager.findInit(2), nullptr);
  EXPECT_EQ(hls.packager.findInit(3), nullptr);
}

TEST(HlsPackager, FramesAreFreedAsSoonAsTheyArePacked) {
  HlsRecorder hls({.partDuration = Millis{200}});
  hls.epoch(1, {videoTrack()});
  std::vector<std::weak_ptr<const Frame>> frames;
  for (int64_t ms = 0; ms < 920; ms += 40) {
    const FrameRef shared = synthetic::share(frame(0, ms == 0, {Millis{ms}}));
    frames.push_back(shared);
    hls.packager.frame(shared);
  }
  const auto alive = std::count_if(frames.begin(), frames.end(),
                                   [](const auto& frame) { return !frame.expired(); });
  EXPECT_EQ(alive, 3);  // of the open part two, and the newest
}

TEST(HlsPackager, NothingComesOfAnEpochThatCannotBeCarried) {
  HlsRecorder hls;
  hls.epoch(1, {opaqueTrack()});
  for (int64_t ms = 0; ms < 3000; ms += 40) hls.video(ms, true);
  EXPECT_TRUE(hls.inits.empty());
  EXPECT_TRUE(hls.parts.empty());
}

TEST(HlsPackager, AudioAloneGivesNothingUntilTheFirstKeyFrame) {
  HlsRecorder hls;
  hls.epoch(1, {videoTrack(), audioTrack()});
  for (int64_t ms = 0; ms < 3000; ms += 20) hls.audio(ms);
  EXPECT_TRUE(hls.parts.empty());
  feedBoth(hls, 3000, 4040, 1000);
  ASSERT_EQ(hls.segments.size(), 1u);
  EXPECT_EQ(hls.times(0, 2).front(), 3000);
}

TEST(HlsPackager, OpaqueTracksAreIgnored) {
  HlsRecorder hls;
  hls.epoch(1, {videoTrack(), opaqueTrack()});
  feedBoth(hls, 0, 1040, 1000);
  ASSERT_EQ(hls.segments.size(), 1u);
  EXPECT_TRUE(hls.times(0, 2).empty());
}

TEST(HlsPackager, TheEndClosesWhatIsOpenAndNothingFollows) {
  HlsRecorder hls;
  hls.epoch(1, {videoTrack(), audioTrack()});
  feedBoth(hls, 0, 400, 1000);
  hls.packager.ended();
  EXPECT_EQ(hls.durationsMs(), (Numbers{400}));
  EXPECT_EQ(hls.times(0, 2).size(), 20u);
  EXPECT_EQ(hls.ends, 1);
  hls.packager.ended();
  hls.epoch(2, {videoTrack()});
  feedVideo(hls, 0, 2000, 1000);
  EXPECT_EQ(hls.ends, 1);
  EXPECT_EQ(hls.segments.size(), 1u);
}

}  // namespace
}  // namespace core
