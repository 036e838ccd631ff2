#include "core/rtmp_relay.hpp"

#include "core/hex.hpp"
#include "core/rtmp_messages.hpp"
#include "core/synthetic.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace core {
namespace {

constexpr Micros kFrameTime{40'000};
constexpr Micros kSoundTime{21'333};
constexpr Micros kBegin{1'000'000};
constexpr size_t kChunkBytes = 4096;

using rtmp_messages::Read;

class RtmpRelayTest : public testing::Test {
 protected:
  RtmpRelayTest() { open({}); }

  void open(RtmpRelay::Options options, bool hasVideo = true, bool hasAudio = true) {
    if (hasVideo) options.rtmp.video = 0;
    if (hasAudio) options.rtmp.audio = hasVideo ? 1 : 0;
    options.rtmp.chunkBytes = kChunkBytes;
    relay_ = std::make_unique<RtmpRelay>(
        options, RtmpRelay::Sink{.block = [this](const OutputBlock& it) { blocks_.push_back(it); },
                                 .flows = [this] { ++flows_; },
                                 .ended = [this] { ++ends_; },
                                 .refused = [this] { ++refusals_; }});
  }
  void begin(std::vector<Track> tracks) {
    relay_->epoch(synthetic::epoch(++epoch_, std::move(tracks)));
  }
  void begin() { begin({synthetic::videoTrack(), synthetic::audioTrack()}); }
  void push(Frame frame) {
    frame.epoch = epoch_;
    relay_->frame(synthetic::share(std::move(frame)));
  }
  void picture(Micros at, bool key = false, Micros later = Micros{0}) {
    push(synthetic::frame(0, key, {kBegin + at, kBegin + at + later}));
  }
  void sound(Micros at, uint8_t track = 1) {
    Frame frame = synthetic::frame(track, true, {kBegin + at});
    frame.duration = kSoundTime;
    push(std::move(frame));
  }
  // Pictures and sound as a camera sends them.
  void second(Micros from) {
    Micros heard = from;
    for (Micros at = from; at < from + Micros{1'000'000}; at += kFrameTime) {
      picture(at, at == from);
      for (; heard < at + kFrameTime; heard += kSoundTime) sound(heard);
    }
  }

  std::vector<Read> sent() {
    std::vector<Read> all;
    for (const OutputBlock& block : blocks_) {
      auto some = rtmp_messages::read(block.bytes->bytes(), kChunkBytes);
      EXPECT_EQ(some.size(), block.packets);
      std::move(some.begin(), some.end(), std::back_inserter(all));
    }
    return all;
  }
  std::vector<Read> sent(uint8_t type) {
    std::vector<Read> all = sent();
    std::erase_if(all, [&](const Read& it) { return it.type != type || it.payload[1] == 0; });
    return all;
  }
  void expectNoGaps() {
    for (const auto& [type, most] : {std::pair{rtmp::kVideo, 40u}, std::pair{rtmp::kAudio, 43u}}) {
      const std::vector<Read> frames = sent(type);
      for (size_t i = 1; i < frames.size(); ++i) {
        const uint32_t step = frames[i].timestamp - frames[i - 1].timestamp;
        EXPECT_TRUE(step > 0 && step <= most) << unsigned{type} << ": " << step;
      }
    }
  }

  std::unique_ptr<RtmpRelay> relay_;
  std::vector<OutputBlock> blocks_;
  int flows_ = 0;
  int ends_ = 0;
  int refusals_ = 0;
  uint32_t epoch_ = 0;
};

TEST_F(RtmpRelayTest, WhatDecodersNeedGoesFirst) {
  begin();
  picture(Micros{0}, true);
  sound(Micros{0});
  sound(kSoundTime);
  picture(kFrameTime, false, Micros{80'000});
  const std::vector<Read> all = sent();
  ASSERT_EQ(all.size(), 6u);
  EXPECT_EQ(all[0].type, rtmp::kVideo);
  EXPECT_EQ(ByteView(all[0].payload).first(6).back(), 1);
  EXPECT_EQ(Bytes(all[0].payload.begin(), all[0].payload.begin() + 5), hex("1700000000"));
  EXPECT_EQ(Bytes(all[1].payload.begin(), all[1].payload.begin() + 5), hex("1701000000"));
  EXPECT_EQ(all[1].payload.size(), 105u);
  EXPECT_EQ(all[2].payload, hex("af001190"));
  EXPECT_EQ(Bytes(all[3].payload.begin(), all[3].payload.begin() + 2), hex("af01"));
  EXPECT_EQ(all[4].timestamp, 21u);
  EXPECT_EQ(Bytes(all[5].payload.begin(), all[5].payload.begin() + 5), hex("2701000050"));
  EXPECT_EQ(all[5].timestamp, 40u);
}

TEST_F(RtmpRelayTest, APictureIsOneBlockWithTheSoundBeforeIt) {
  begin();
  second(Micros{0});
  EXPECT_EQ(blocks_.size(), 25u);
  EXPECT_TRUE(blocks_[0].key && blocks_[0].hasVideo);
  EXPECT_FALSE(blocks_[1].key);
  EXPECT_EQ(blocks_[24].number, 25u);
  EXPECT_EQ(flows_, 1);
  const RtmpRelay::Counts counts = relay_->counts();
  EXPECT_EQ(counts.frames, 25u);
  EXPECT_EQ(counts.keyFrames, 1u);
  EXPECT_EQ(counts.position, Micros{1'000'000});
}

TEST_F(RtmpRelayTest, SoundGoesAloneWhenNoPictureComes) {
  begin();
  picture(Micros{0}, true);
  for (int i = 0; i < 8; ++i) sound(i * kSoundTime);
  EXPECT_EQ(blocks_.size(), 3u);
  EXPECT_FALSE(blocks_[1].hasVideo || blocks_[1].key);
}

TEST_F(RtmpRelayTest, WithoutPicturesEveryFrameGoesAtOnce) {
  open({}, false, true);
  begin({synthetic::audioTrack()});
  for (int i = 0; i < 8; ++i) sound(i * kSoundTime, 0);
  EXPECT_EQ(blocks_.size(), 8u);
  EXPECT_TRUE(blocks_[3].key);
  EXPECT_EQ(relay_->counts().frames, 8u);
}

TEST_F(RtmpRelayTest, APauseLeavesNoGapInTheTimes) {
  begin();
  second(Micros{0});
  relay_->pause();
  second(Micros{1'000'000});
  second(Micros{2'000'000});
  // The first picture of the second goes with the sound that was sent already.
  EXPECT_EQ(relay_->counts().droppedFrames, 49u);
  relay_->play();
  second(Micros{3'000'000});
  EXPECT_EQ(flows_, 2);
  expectNoGaps();
}

TEST_F(RtmpRelayTest, SoundThatComesAheadOfItsPictureIsNotLostAtTheEndOfAPause) {
  begin();
  second(Micros{0});
  relay_->pause();
  second(Micros{1'000'000});
  relay_->play();
  for (int i = 0; i < 4; ++i) sound(Micros{2'000'000} + i * kSoundTime);
  picture(Micros{2'000'000}, true);
  picture(Micros{2'040'000});
  EXPECT_EQ(flows_, 2);
  EXPECT_EQ(sent(rtmp::kAudio).back().timestamp, 1103u);
  expectNoGaps();
}

TEST_F(RtmpRelayTest, BegunInAPauseItTakesNothingUntilAKeyFrameAfterIt) {
  open({.paused = true});
  begin();
  second(Micros{0});
  EXPECT_TRUE(blocks_.empty());
  relay_->play();
  picture(Micros{1'000'000});
  EXPECT_TRUE(blocks_.empty());
  second(Micros{1'040'000});
  ASSERT_FALSE(blocks_.empty());
  EXPECT_EQ(sent()[0].timestamp, 0u);
}

TEST_F(RtmpRelayTest, EveryTrackEndsAfterTheDuration) {
  open({.duration = Micros{1'500'000}});
  begin();
  for (int i = 0; i < 3; ++i) second(Micros{i * 1'000'000});
  EXPECT_EQ(ends_, 1);
  EXPECT_EQ(sent(rtmp::kVideo).back().timestamp, 1480u);
  EXPECT_EQ(sent(rtmp::kAudio).back().timestamp, 1490u);
}

TEST_F(RtmpRelayTest, FinishedItSendsWhatWaits) {
  begin();
  picture(Micros{0}, true);
  sound(Micros{0});
  relay_->finish();
  EXPECT_EQ(ends_, 1);
  EXPECT_EQ(sent(rtmp::kAudio).size(), 1u);
  second(Micros{1'000'000});
  relay_->finish();
  EXPECT_EQ(ends_, 1);
  EXPECT_EQ(blocks_.size(), 2u);
}

TEST_F(RtmpRelayTest, ParametersGoAgainWhereTheyAreOthers) {
  begin();
  second(Micros{0});
  const size_t before = sent().size();
  begin();
  second(Micros{1'000'000});
  Track other = synthetic::videoTrack();
  std::get<H264Parameters>(other.parameters).pps = {{0x68, 1, 2}};
  begin({other, synthetic::audioTrack()});
  second(Micros{2'000'000});
  std::vector<Read> later = sent();
  later.erase(later.begin(), later.begin() + static_cast<std::ptrdiff_t>(before));
  EXPECT_EQ(
      std::count_if(later.begin(), later.end(), [](const Read& it) { return it.payload[1] == 0; }),
      1);
}

TEST_F(RtmpRelayTest, ATrackThatFellSilentIsWaitedFor) {
  begin();
  second(Micros{0});
  Track silent = synthetic::audioTrack();
  silent.parameters = OpaqueParameters{};
  begin({synthetic::videoTrack(), silent});
  second(Micros{1'000'000});
  EXPECT_EQ(refusals_, 0);
  EXPECT_EQ(sent(rtmp::kVideo).size(), 50u);
}

TEST_F(RtmpRelayTest, TracksThatRtmpDoesNotCarryEndIt) {
  begin({synthetic::videoTrack(), {Kind::audio, "PCMU", 8000, PcmParameters{}}});
  EXPECT_EQ(refusals_, 1);
  picture(Micros{0}, true);
  EXPECT_TRUE(blocks_.empty());
}

}  // namespace
}  // namespace core
