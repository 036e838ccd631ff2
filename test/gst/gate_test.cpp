#include "gate_camera.hpp"

#include <algorithm>
#include <cmath>
#include <thread>

namespace {

using namespace std::chrono_literals;
using namespace test;
using gst::TrackKind;

TEST(Gate, BeginsWithAKeyFrameAtZero) {
  GateRig rig({}, kBoth);
  rig.push(kAudio, {1000, {}, true});
  rig.push(kVideo, {1000, 1000, false});
  rig.push(kAudio, {1020, {}, true});
  rig.push(kVideo, {1040, 1040, true});
  rig.push(kVideo, {1080, 1080, false});
  rig.push(kAudio, {1040, {}, true});
  rig.push(kAudio, {1060, {}, true});
  EXPECT_EQ(shownMs(rig, kVideo), (std::vector<double>{0, 40}));
  EXPECT_EQ(shownMs(rig, kAudio), (std::vector<double>{0, 20}));
  EXPECT_TRUE(rig.given(kVideo).front().key);
}

TEST(Gate, KeepsAudioThatArrivesBeforeItsPicture) {
  GateRig rig({}, kBoth);
  for (int ms = 900; ms < 1200; ms += kAudioMs) rig.push(kAudio, {ms, {}, true, kAudioMs});
  EXPECT_TRUE(rig.given(kAudio).empty());
  rig.push(kVideo, {1000, 1000, true});
  rig.push(kAudio, {1200, {}, true, kAudioMs});
  const std::vector<double> times = shownMs(rig, kAudio);
  ASSERT_EQ(times.size(), 11U);
  EXPECT_EQ(times.front(), 0);
  expectSeamless(times, kAudioMs);
}

TEST(Gate, HoldsTwoSecondsOfAudioAtMost) {
  GateRig rig({}, kBoth);
  for (int ms = 0; ms < 10'000; ms += kAudioMs) rig.push(kAudio, {ms, {}, true, kAudioMs});
  rig.push(kVideo, {5000, 5000, true});
  rig.push(kAudio, {10'000, {}, true, kAudioMs});
  EXPECT_EQ(shownMs(rig, kAudio).front(), 2980);
}

TEST(Gate, KeepsTracksInStepWhoseSegmentsDiffer) {
  GateRig rig({}, kBoth);
  rig.sendSegment(kVideo, 7000);
  rig.sendSegment(kAudio, 300);
  rig.push(kVideo, {8000, 8000, true});
  rig.push(kAudio, {1340, {}, true});
  EXPECT_EQ(shownMs(rig, kAudio), std::vector<double>{40});
}

TEST(Gate, GoesOnWhenTheSegmentChanges) {
  GateRig rig({}, {TrackKind::video});
  rig.push(kVideo, {0, 0, true});
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.base = 40 * GST_MSECOND;
  rig.send(kVideo, gst_event_new_segment(&segment));
  rig.push(kVideo, {0, 0, true});
  EXPECT_EQ(shownMs(rig, kVideo), (std::vector<double>{0, 40}));
}

class GatePause : public testing::TestWithParam<int> {};

TEST_P(GatePause, LeavesNeitherAGapNorAnOverlap) {
  GateRig rig({}, kBoth);
  Camera camera(rig, GetParam());
  for (int second = 1; second < 40; second += 4) {
    camera.runTo(second * 1000 + 100);
    rig.gate().pause();
    camera.runTo(second * 1000 + 1930);
    rig.gate().play();
  }
  camera.runTo(42'000);
  const std::vector<double> pictures = shownMs(rig, kVideo);
  const std::vector<double> audio = shownMs(rig, kAudio);
  expectSeamless(pictures, kPictureMs);
  expectSeamless(audio, kAudioMs);
  EXPECT_EQ(pictures.front(), 0);
  EXPECT_LT(audio.front(), kAudioMs);
  EXPECT_NEAR(pictures.back() - audio.back(), -GetParam(), 41);
  // Of every 4 s, 1.8 s are paused, a group of pictures more, and less by what has to catch up.
  EXPECT_LT(pictures.back(), 36'000);
  EXPECT_GT(pictures.back(), 18'000);
}

INSTANTIATE_TEST_SUITE_P(AudioAhead, GatePause, testing::Values(0, 13, 300, -300, 1100, -700));

TEST(Gate, GoesOnWithAKeyFrameAfterAPause) {
  GateRig rig({}, {TrackKind::video});
  const auto push = [&](int ms, bool key) { rig.push(kVideo, {ms, ms, key, kPictureMs}); };
  push(0, true);
  push(40, false);
  rig.gate().pause();
  rig.gate().pause();
  push(80, true);
  push(120, false);
  rig.gate().play();
  push(160, false);
  push(200, true);
  push(240, false);
  const auto given = rig.given(kVideo);
  EXPECT_EQ(shownMs(rig, kVideo), (std::vector<double>{0, 40, 80, 120}));
  EXPECT_TRUE(given[2].key);
  EXPECT_EQ(rig.gate().stats().droppedFrames, 3U);
}

TEST(Gate, LetsNothingThroughWhenItBeginsPaused) {
  GateRig rig({.paused = true}, kBoth);
  Camera camera(rig, 0);
  camera.runTo(1000);
  EXPECT_TRUE(rig.given(kVideo).empty());
  EXPECT_TRUE(rig.given(kAudio).empty());
  rig.gate().play();
  camera.runTo(2000);
  EXPECT_EQ(shownMs(rig, kVideo).front(), 0);
  EXPECT_EQ(shownMs(rig, kAudio).front(), 0);
}

TEST(Gate, GivesReorderedPicturesFromZeroWithDecodeTimesBeforeIt) {
  GateRig rig({}, {TrackKind::video});
  pushReordered(rig, 2, 1);
  const auto given = rig.given(kVideo);
  ASSERT_EQ(given.size(), 15U);
  EXPECT_EQ(given[0].pts, 0);
  EXPECT_EQ(given[0].dts, -120);
  EXPECT_EQ(given[1].pts, 160);
  EXPECT_EQ(given[1].dts, -80);
}

TEST(Gate, BeginsWithADecodeTimeOfZeroWhereNoneMayBeNegative) {
  for (const bool live : {true, false}) {
    GateRig rig({.decodeFromZero = true}, {TrackKind::video}, live);
    rig.sendSegment(kVideo, 120);
    pushReordered(rig, 0, 1);
    EXPECT_EQ(rig.given(kVideo)[0].dts, 0);
    EXPECT_EQ(rig.given(kVideo)[0].pts, 120);
  }
}

TEST(Gate, LeavesOutTheLeadInOfAudioWhereNoTimeMayBeNegative) {
  GateRig rig({.decodeFromZero = true}, kBoth, false);
  rig.sendSegment(kVideo, 0);
  rig.sendSegment(kAudio, 20);
  rig.push(kVideo, {0, 0, true, kPictureMs});
  for (int ms = 0; ms < 100; ms += kAudioMs) rig.push(kAudio, {ms, {}, true, kAudioMs});
  EXPECT_EQ(shownMs(rig, kAudio), (std::vector<double>{0, 20, 40, 60}));
}

TEST(Gate, TellsDownstreamThatNothingIsLive) {
  GateRig rig({}, {TrackKind::video});
  EXPECT_FALSE(rig.isLive(kVideo));
}

TEST(Gate, LeavesNoHoleInReorderedPicturesAtAPause) {
  for (int before = 1; before < 15; ++before) {
    GateRig rig({}, {TrackKind::video});
    int count = 0;
    for (int group = 0; group < 4; ++group)
      for (int part = 0; part < 3; ++part)
        for (const int shown : {0, 4, 2, 1, 3}) {
          if (count == 15 + before) rig.gate().pause();
          if (count == 35) rig.gate().play();
          const int base = group * 15 + part * 5;
          rig.push(kVideo, {(base + shown + 3) * kPictureMs, count * kPictureMs,
                            part == 0 && shown == 0, kPictureMs});
          ++count;
        }
    std::vector<double> times = shownMs(rig, kVideo);
    std::ranges::sort(times);
    for (size_t i = 0; i < times.size(); ++i)
      ASSERT_EQ(times[i], static_cast<double>(i) * kPictureMs) << "paused after " << before;
    const auto given = rig.given(kVideo);
    for (size_t i = 1; i < given.size(); ++i) ASSERT_GT(*given[i].dts, *given[i - 1].dts);
  }
}

// An open group of pictures: two pictures are shown before the key frame that they follow.
TEST(Gate, DropsPicturesThatReferToWhatIsNotThere) {
  GateRig rig({}, {TrackKind::video});
  const auto push = [&](int shown, int decoded, bool key) {
    rig.push(kVideo, {shown, decoded, key, kPictureMs});
  };
  push(200, 80, true);
  push(120, 120, false);
  push(160, 160, false);
  push(320, 200, false);
  push(240, 240, false);
  push(280, 280, false);
  EXPECT_EQ(shownMs(rig, kVideo), (std::vector<double>{0, 120, 40, 80}));
}

TEST(Gate, NeverLetsDecodeTimesRunBackwards) {
  GateRig rig({}, {TrackKind::video});
  for (const int ms : {0, 40, 30, 40, 80, 120}) rig.push(kVideo, {ms, ms, ms == 0, kPictureMs});
  const auto given = rig.given(kVideo);
  ASSERT_EQ(given.size(), 6U);
  for (size_t i = 1; i < given.size(); ++i) EXPECT_GT(*given[i].dts, *given[i - 1].dts);
  EXPECT_EQ(given.back().dts, 120);
}

TEST(Gate, PassesFramesWithoutTimes) {
  GateRig rig({}, {TrackKind::video});
  rig.push(kVideo, {0, 0, true, kPictureMs});
  rig.push(kVideo, {{}, {}, false, kPictureMs});
  rig.push(kVideo, {{}, 80, false, kPictureMs});
  const auto given = rig.given(kVideo);
  ASSERT_EQ(given.size(), 3U);
  EXPECT_FALSE(given[1].pts);
  EXPECT_EQ(given[2].dts, 80);
}

TEST(Gate, PassesHeadersWithoutTimesAtOnce) {
  GateRig rig({.paused = true}, {TrackKind::audio});
  rig.push(0, {{}, {}, true, 0, true});
  EXPECT_EQ(rig.given(0).size(), 1U);
  EXPECT_EQ(rig.gate().stats().frames, 0U);
}

TEST(Gate, BeginsAtOnceWithoutVideo) {
  GateRig rig({.duration = 200ms}, {TrackKind::audio});
  for (int ms = 1000; ms < 1100; ms += kAudioMs) rig.push(0, {ms, {}, true, kAudioMs});
  rig.gate().pause();
  for (int ms = 1100; ms < 2000; ms += kAudioMs) rig.push(0, {ms, {}, true, kAudioMs});
  rig.gate().play();
  for (int ms = 2000; ms < 3000; ms += kAudioMs) rig.push(0, {ms, {}, true, kAudioMs});
  const std::vector<double> times = shownMs(rig, 0);
  EXPECT_EQ(times.size(), 10U);
  EXPECT_EQ(times.front(), 0);
  expectSeamless(times, kAudioMs);
  EXPECT_EQ(rig.gate().stats().frames, 10U);
  EXPECT_EQ(rig.gate().stats().droppedFrames, 45U);
}

TEST(Gate, GoesOnWithAudioWhenTheVideoHasEnded) {
  GateRig rig({}, kBoth);
  Camera camera(rig, 0);
  camera.runTo(1000);
  rig.sendEos(kVideo);
  rig.gate().pause();
  rig.push(kAudio, {1500, {}, true, kAudioMs});
  rig.gate().play();
  rig.push(kAudio, {2000, {}, true, kAudioMs});
  rig.push(kAudio, {2020, {}, true, kAudioMs});
  expectSeamless(shownMs(rig, kAudio), kAudioMs);
  EXPECT_EQ(shownMs(rig, kAudio).back(), 1020);
}

TEST(Gate, LeavesAFileAsItIs) {
  GateRig rig({}, kBoth, false);
  rig.push(kVideo, {60, 20, true, kPictureMs});
  rig.push(kAudio, {10, {}, true, kAudioMs});
  rig.push(kAudio, {30, {}, true, kAudioMs});
  EXPECT_EQ(shownMs(rig, kVideo), std::vector<double>{60});
  EXPECT_EQ(shownMs(rig, kAudio), (std::vector<double>{10, 30}));
}

// An edit list that begins between two key frames.
TEST(Gate, KeepsThePicturesInFrontOfWhereAFileBegins) {
  GateRig rig({}, kBoth, false);
  rig.sendSegment(kVideo, 100);
  rig.sendSegment(kAudio, 100);
  for (int ms = 20; ms < 180; ms += kPictureMs) rig.push(kVideo, {ms, ms, ms == 20, kPictureMs});
  rig.push(kAudio, {100, {}, true, kAudioMs});
  EXPECT_EQ(shownMs(rig, kVideo), (std::vector<double>{0, 40, 80, 120}));
  EXPECT_EQ(shownMs(rig, kAudio), std::vector<double>{80});
}

TEST(Gate, LetsAFileWaitInAPause) {
  GateRig rig({}, {TrackKind::audio}, false);
  rig.push(0, {0, {}, true, 20});
  rig.gate().pause();
  std::thread pushing([&] { EXPECT_EQ(rig.push(0, {20, {}, true, 20}), GST_FLOW_OK); });
  rig.gate().play();
  pushing.join();
  rig.push(0, {40, {}, true, 20});
  EXPECT_EQ(shownMs(rig, 0), (std::vector<double>{0, 20, 40}));
  EXPECT_EQ(rig.gate().stats().droppedFrames, 0U);
}

TEST(Gate, FinishLetsGoOfAFileThatWaitsInAPause) {
  GateRig rig({}, {TrackKind::audio}, false);
  rig.push(0, {0, {}, true, 20});
  rig.gate().pause();
  std::thread pushing([&] { EXPECT_EQ(rig.push(0, {20, {}, true, 20}), GST_FLOW_OK); });
  rig.gate().finish();
  pushing.join();
  EXPECT_TRUE(rig.awaitEnd(0));
  EXPECT_EQ(shownMs(rig, 0), (std::vector<double>{0}));
}

TEST(Gate, LetsTheAudioOfAFileWaitForItsFirstPicture) {
  GateRig rig({}, kBoth, false);
  std::thread audio([&] {
    for (int ms = 0; ms < 1000; ms += kAudioMs) rig.push(kAudio, {ms, {}, true, kAudioMs});
  });
  // A file that begins between two key frames.
  for (int ms = 0; ms < 200; ms += kPictureMs) rig.push(kVideo, {ms, ms, false, kPictureMs});
  EXPECT_TRUE(rig.given(kAudio).empty());
  rig.push(kVideo, {200, 200, true, kPictureMs});
  audio.join();
  EXPECT_EQ(shownMs(rig, kVideo), std::vector<double>{0});
  EXPECT_EQ(shownMs(rig, kAudio).size(), 40U);
  EXPECT_EQ(shownMs(rig, kAudio).front(), 0);
}

TEST(Gate, GivesTheAudioOfAFileWhoseVideoHasNoKeyFrame) {
  GateRig rig({}, kBoth, false);
  std::thread audio([&] { rig.push(kAudio, {100, {}, true, kAudioMs}); });
  rig.push(kVideo, {0, 0, false, kPictureMs});
  rig.sendEos(kVideo);
  audio.join();
  EXPECT_EQ(shownMs(rig, kAudio), std::vector<double>{0});
}

TEST(Gate, LetsGoOfAThreadThatWaitsWhenItIsShutDown) {
  GateRig rig({}, kBoth, false);
  GstFlowReturn flow = GST_FLOW_OK;
  std::thread audio([&] { flow = rig.push(kAudio, {0, {}, true, kAudioMs}); });
  rig.shutDown(kAudio);
  audio.join();
  EXPECT_EQ(flow, GST_FLOW_FLUSHING);
}

TEST(Gate, TellsOfAFlushOfItsInputAndKeepsItFromTheOutput) {
  int told = 0;
  gst::Gate::Options options;
  options.onFlushed = [&told] { ++told; };
  GateRig rig(std::move(options), {TrackKind::video});
  rig.push(kVideo, {1000, 1000, true, kPictureMs});
  rig.send(kVideo, gst_event_new_flush_start());
  EXPECT_EQ(told, 1);
  rig.gate().finish();
  EXPECT_EQ(shownMs(rig, kVideo), (std::vector<double>{0}));
  EXPECT_TRUE(rig.awaitEnd(kVideo));
}

TEST(Gate, KeepsTheNewestKeyFrameAndCounts) {
  GateRig rig({}, kBoth);
  EXPECT_FALSE(rig.gate().newestKeyFrame().buffer);
  Camera camera(rig, 0);
  camera.runTo(1000);
  const gst::KeyFrame key = rig.gate().newestKeyFrame();
  ASSERT_TRUE(key.buffer);
  ASSERT_TRUE(key.caps);
  EXPECT_FALSE(GST_BUFFER_FLAG_IS_SET(key.buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT));
  EXPECT_TRUE(gst_structure_has_name(gst_caps_get_structure(key.caps.get(), 0), "test/media"));
  const io::PipelineStats stats = rig.gate().stats();
  EXPECT_EQ(stats.frames, 25U);
  EXPECT_EQ(stats.keyFrames, 3U);
  EXPECT_EQ(stats.bytes, 10U * (25 + 50));
  EXPECT_EQ(stats.droppedFrames, 0U);
  EXPECT_EQ(stats.position, 1000ms);
}

TEST(Gate, TellsWhenMediaFlows) {
  std::atomic<int> told{0};
  GateRig rig({.onFlowing = [&] { ++told; }}, kBoth);
  Camera camera(rig, 0);
  camera.runTo(1000);
  EXPECT_EQ(told, 1);
  rig.gate().pause();
  camera.runTo(2000);
  EXPECT_EQ(told, 1);
  rig.gate().play();
  camera.runTo(3000);
  EXPECT_EQ(told, 2);
}

TEST(Gate, IsPausedFromAnyThread) {
  GateRig rig({}, kBoth);
  std::atomic<bool> ends{false};
  std::thread commander([&] {
    while (!ends) {
      rig.gate().pause();
      rig.gate().stats();
      rig.gate().play();
      rig.gate().newestKeyFrame();
      std::this_thread::yield();
    }
  });
  std::thread audio([&] {
    for (int ms = 0; ms < 60'000; ms += kAudioMs) rig.push(kAudio, {ms, {}, true, kAudioMs});
  });
  for (int ms = 0; ms < 60'000; ms += kPictureMs)
    rig.push(kVideo, {ms, ms, ms % 200 == 0, kPictureMs});
  audio.join();
  ends = true;
  commander.join();
  for (const auto& [track, frameMs] : {std::pair{kVideo, kPictureMs}, {kAudio, kAudioMs}}) {
    const std::vector<double> times = shownMs(rig, track);
    for (size_t i = 1; i < times.size(); ++i) ASSERT_GE(times[i] - times[i - 1], frameMs - 1);
  }
}

}  // namespace
