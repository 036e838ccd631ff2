#include "core/rtp_packager.hpp"

#include "core/hex.hpp"
#include "core/rtcp.hpp"
#include "core/rtp_blocks.hpp"
#include "core/rtp_feed.hpp"
#include "core/synthetic.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace core {
namespace {

constexpr uint8_t kVideoChannel = 0;
constexpr uint8_t kAudioChannel = 2;
constexpr Micros kPicture{40'000};

// What one picture of a camera looks like when it is packaged for readers.
class RtpPackagerTest : public testing::Test {
 protected:
  RtpPackagerTest() { open({}); }

  void open(RtpConfig config) {
    config.tracks = {{.track = 0, .channel = 0, .rtcpChannel = 1, .payloadType = 96, .ssrc = 11},
                     {.track = 1, .channel = 2, .rtcpChannel = 3, .payloadType = 97, .ssrc = 22}};
    openWith(std::move(config));
  }
  void openWith(RtpConfig config) {
    packager_ = std::make_unique<RtpPackager>(
        std::move(config),
        RtpPackager::Sink{.block = [this](const RtpBlock& block) { blocks_.push_back(block); },
                          .ended = [this] { ++ends_; }});
  }
  void begin(std::vector<Track> tracks) {
    packager_->epoch(synthetic::epoch(++epoch_, std::move(tracks)));
  }
  void begin() { begin({synthetic::videoTrack(), synthetic::audioTrack()}); }

  Frame picture(Micros dts, bool key = false, size_t size = 100) {
    Frame frame = synthetic::frame(0, key, {dts}, 0);
    const Bytes head{0, 0, static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)};
    const uint8_t header = key ? 0x65 : 0x41;
    frame.payload = join({head, {header, 0xb8}, Bytes(size - 2, 0x55)});
    return frame;
  }
  void push(Frame frame) {
    frame.epoch = epoch_;
    packager_->frame(synthetic::share(std::move(frame)));
  }
  void pushAudio(Micros dts) { push(synthetic::frame(1, true, {dts})); }
  // A second of video with a key frame in front.
  void pushGroup(Micros from, int pictures = 25) {
    for (int i = 0; i < pictures; ++i) push(picture(from + i * kPicture, i == 0));
  }

  std::vector<RtpPacket> packets(const RtpBlock& block, uint8_t channel) {
    return packetsOf(block.bytes->bytes(), channel);
  }
  std::vector<SenderReport> reports(const RtpBlock& block, uint8_t channel) {
    std::vector<SenderReport> found;
    for (const Interleaved& frame : framesOf(block.bytes->bytes()))
      if (frame.channel == channel)
        for (const SenderReport& report : parseSenderReports(frame.bytes)) found.push_back(report);
    return found;
  }

  std::unique_ptr<RtpPackager> packager_;
  std::vector<RtpBlock> blocks_;
  int ends_ = 0;
  uint32_t epoch_ = 0;
};

TEST_F(RtpPackagerTest, APictureIsOneBlockWithTheAudioBeforeIt) {
  begin();
  push(picture(Micros{0}, true));
  pushAudio(Micros{0});
  pushAudio(Micros{21'333});
  push(picture(kPicture));
  ASSERT_EQ(blocks_.size(), 2u);
  EXPECT_TRUE(blocks_[0].key && blocks_[0].hasVideo);
  EXPECT_FALSE(blocks_[1].key);
  std::vector<uint8_t> channels;
  for (const Interleaved& frame : framesOf(blocks_[1].bytes->bytes()))
    channels.push_back(frame.channel);
  EXPECT_EQ(channels, (std::vector<uint8_t>{kAudioChannel, kAudioChannel, kVideoChannel}));
  EXPECT_EQ(blocks_[1].number, 2u);
  EXPECT_EQ(blocks_[1].arrival, picture(kPicture).arrival);
}

TEST_F(RtpPackagerTest, AudioGoesAloneWhenNoPictureComes) {
  begin();
  push(picture(Micros{0}, true));
  for (int i = 0; i < 5; ++i) pushAudio(Micros{i * 21'333});
  ASSERT_EQ(blocks_.size(), 2u);
  EXPECT_FALSE(blocks_[1].hasVideo || blocks_[1].key);
  EXPECT_EQ(packets(blocks_[1], kAudioChannel).size(), 4u);
}

TEST_F(RtpPackagerTest, WithoutVideoEveryFrameIsABlockToBeginWith) {
  openWith({.tracks = {{.track = 0, .ssrc = 5}}});
  begin({synthetic::audioTrack()});
  push(synthetic::frame(0, true, {Micros{0}}));
  push(synthetic::frame(0, true, {Micros{21'333}}));
  ASSERT_EQ(blocks_.size(), 2u);
  EXPECT_TRUE(blocks_[1].key);
  EXPECT_EQ(packager_->ring().size(), 1u);
}

TEST_F(RtpPackagerTest, SequenceNumbersHaveNoGapAndTimesAreThoseOfTheSource) {
  begin();
  for (int i = 0; i < 50; ++i) {
    // What a source's clock of 90 kHz gives, cut to microseconds.
    push(picture(Micros{7 + int64_t{i} * 3003 * 100 / 9}, i % 25 == 0, 3000));
    pushAudio(Micros{11 + int64_t{i} * 1024 * 1'000'000 / 48000});
  }
  for (const auto& [channel, step] :
       {std::pair{kVideoChannel, 3003u}, std::pair{kAudioChannel, 1024u}}) {
    std::vector<RtpPacket> all;
    for (const RtpBlock& block : blocks_)
      for (const RtpPacket& packet : packets(block, channel)) all.push_back(packet);
    ASSERT_GT(all.size(), 40u);
    for (size_t i = 1; i < all.size(); ++i) {
      EXPECT_EQ(all[i].sequence, static_cast<uint16_t>(all[i - 1].sequence + 1));
      const uint32_t passed = all[i].timestamp - all[i - 1].timestamp;
      EXPECT_EQ(passed, all[i - 1].marker ? step : 0u);
    }
    EXPECT_EQ(all[0].ssrc, channel == kVideoChannel ? 11u : 22u);
    EXPECT_EQ(all[0].payloadType, channel == kVideoChannel ? 96 : 97);
  }
}

TEST_F(RtpPackagerTest, PicturesOutOfOrderHaveTheTimeAtWhichTheyAreShown) {
  begin();
  const std::vector<int> shown{0, 4, 2, 1, 3};
  for (size_t i = 0; i < shown.size(); ++i) {
    Frame frame = picture(static_cast<int>(i) * kPicture, i == 0);
    frame.pts = shown[i] * kPicture + 2 * kPicture;
    push(std::move(frame));
  }
  const uint32_t first = packets(blocks_[0], kVideoChannel)[0].timestamp;
  for (size_t i = 0; i < shown.size(); ++i)
    EXPECT_EQ(packets(blocks_[i], kVideoChannel).back().timestamp - first, 3600u * shown[i]);
}

TEST_F(RtpPackagerTest, DamagedPicturesGoAsTheyAreAndNobodyBeginsWithThem) {
  begin();
  Frame broken = picture(0 * kPicture, true);
  broken.damaged = true;
  push(Frame(broken));
  EXPECT_TRUE(blocks_.empty());
  push(picture(1 * kPicture, true));
  push(std::move(broken));
  push(picture(2 * kPicture));
  ASSERT_EQ(blocks_.size(), 3u);
  EXPECT_TRUE(blocks_[0].key);
  EXPECT_FALSE(blocks_[1].key);
}

TEST_F(RtpPackagerTest, SealsPacketsAndReportsAndLeavesTheirTimesAlone) {
  int sealed = 0;
  const auto seal = [&](Bytes& packet, bool isRtcp) {
    packet.insert(packet.end(), 10, isRtcp ? 0xcc : 0xaa);
    ++sealed;
  };
  RtpConfig config;
  config.tracks = {{.track = 0, .channel = 0, .rtcpChannel = 1, .ssrc = 11, .seal = seal}};
  openWith(std::move(config));
  begin();
  pushGroup(Micros{0});
  const auto frames = framesOf(blocks_[0].bytes->bytes());
  ASSERT_EQ(frames.size(), 1 + blocks_[0].packets);
  EXPECT_EQ(frames[0].bytes.back(), 0xcc);
  for (size_t i = 1; i < frames.size(); ++i) EXPECT_EQ(frames[i].bytes.back(), 0xaa);
  EXPECT_EQ(packager_->compressedRing().front().bytes, blocks_[0].bytes);
  EXPECT_GT(sealed, 25);
}

TEST_F(RtpPackagerTest, ReportsAreInTheFirstBlockAndEveryFiveSeconds) {
  begin();
  for (int second = 0; second < 11; ++second) pushGroup(Micros{second * 1'000'000});
  std::vector<size_t> with;
  for (size_t i = 0; i < blocks_.size(); ++i)
    if (!reports(blocks_[i], 1).empty() && !reports(blocks_[i], 3).empty()) with.push_back(i);
  EXPECT_EQ(with, (std::vector<size_t>{0, 125, 250}));
  const SenderReport report = reports(blocks_[125], 1)[0];
  EXPECT_EQ(report.ssrc, 11u);
  EXPECT_EQ(report.rtpTime, packets(blocks_[125], kVideoChannel)[0].timestamp);
  const Micros since1970 = blocks_[125].arrival + std::chrono::seconds{2'208'988'800};
  EXPECT_EQ(report.ntp, since1970);
}

TEST_F(RtpPackagerTest, AReportOnDemandTellsTheTimeOfNow) {
  EXPECT_EQ(packager_->report(Micros{0}), nullptr);
  begin();
  push(picture(Micros{0}, true));
  const uint32_t shown = packets(blocks_[0], kVideoChannel).back().timestamp;
  const BlockRef block = packager_->report(blocks_[0].arrival + Micros{500'000});
  const auto frames = framesOf(block->bytes());
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].channel, 1);
  EXPECT_EQ(frames[1].channel, 3);
  EXPECT_EQ(parseSenderReports(frames[0].bytes)[0].rtpTime, shown + 45'000);
}

TEST_F(RtpPackagerTest, ReportsFollowADriftingClockSlowly) {
  begin();
  std::vector<Micros> lag;
  for (int i = 0; i < 25 * 60; ++i) {
    Frame frame = picture(i * kPicture, i % 25 == 0);
    frame.capture += Micros{i * 40};  // 1000 ppm
    frame.arrival = frame.capture;
    push(std::move(frame));
    for (const SenderReport& report : reports(blocks_.back(), 1)) {
      const auto ticks =
          static_cast<int32_t>(report.rtpTime - packets(blocks_[0], kVideoChannel)[0].timestamp);
      lag.push_back(report.ntp - Micros{int64_t{ticks} * 100 / 9});
    }
  }
  ASSERT_GT(lag.size(), 10u);
  for (size_t i = 1; i < lag.size(); ++i) EXPECT_LE(lag[i] - lag[i - 1], Micros{520});
  EXPECT_GT(lag.back() - lag.front(), Micros{1'000});
}

TEST_F(RtpPackagerTest, TheRingBeginsWithTheNewestKeyFrame) {
  begin();
  pushGroup(Micros{0});
  pushGroup(Micros{1'000'000}, 10);
  const auto& ring = packager_->ring();
  ASSERT_EQ(ring.size(), 10u);
  EXPECT_TRUE(ring.front().key);
  EXPECT_EQ(ring.front().number, 26u);
  EXPECT_EQ(ring.back().number, 35u);
}

TEST_F(RtpPackagerTest, ARingBeyondItsBoundKeepsItsKeyFrameAlone) {
  open({.ringMaxBytes = 1000});
  begin();
  pushGroup(Micros{0});
  ASSERT_EQ(packager_->ring().size(), 1u);
  EXPECT_TRUE(packager_->ring().front().key);
  pushGroup(Micros{1'000'000}, 3);
  EXPECT_EQ(packager_->ring().size(), 3u);
  open({.ringMaxAge = Micros{100'000}});
  begin();
  pushGroup(Micros{2'000'000});
  EXPECT_EQ(packager_->ring().size(), 1u);
}

TEST_F(RtpPackagerTest, ACompressedRingLeadsToTheNewestPictureInATenthOfASecond) {
  begin();
  for (int i = 0; i < 25; ++i) {
    pushAudio(i * kPicture);
    push(picture(i * kPicture, i == 0));
  }
  const auto plain = packager_->ring();
  const auto& squeezed = packager_->compressedRing();
  ASSERT_EQ(squeezed.size(), plain.size());
  for (const uint8_t channel : {kVideoChannel, kAudioChannel}) {
    const uint32_t rate = channel == kVideoChannel ? 90000 : 48000;
    const uint32_t newest = packets(plain.back(), channel).back().timestamp;
    uint32_t last = newest - rate / 10 - 1;
    for (size_t i = 0; i < squeezed.size(); ++i) {
      const auto before = packets(plain[i], channel);
      const auto after = packets(squeezed[i], channel);
      ASSERT_EQ(after.size(), before.size());
      EXPECT_EQ(after.back().sequence, before.back().sequence);
      EXPECT_TRUE(std::equal(after.back().payload.begin(), after.back().payload.end(),
                             before.back().payload.begin(), before.back().payload.end()));
      EXPECT_GT(static_cast<int32_t>(after.back().timestamp - last), 0) << i;
      last = after.back().timestamp;
    }
    EXPECT_EQ(last, newest);
  }
  EXPECT_EQ(squeezed[0].starts[0].rtpTime, packets(squeezed[0], kVideoChannel)[0].timestamp);
  EXPECT_EQ(&packager_->compressedRing(), &squeezed);
}

TEST_F(RtpPackagerTest, AShortRingNeedsNoCompression) {
  begin();
  pushGroup(Micros{0}, 3);
  EXPECT_EQ(packager_->compressedRing()[0].bytes, packager_->ring()[0].bytes);
}

TEST_F(RtpPackagerTest, ABlockTellsTheFirstPacketOfEveryTrackFromItOn) {
  begin();
  pushAudio(Micros{0});
  push(picture(Micros{0}, true));
  push(picture(kPicture));
  pushAudio(kPicture);
  push(picture(2 * kPicture));
  const RtpPacket video = packets(blocks_[1], kVideoChannel)[0];
  EXPECT_EQ(blocks_[1].starts[0].sequence, video.sequence);
  EXPECT_EQ(blocks_[1].starts[0].rtpTime, video.timestamp);
  EXPECT_EQ(blocks_[1].starts[1].sequence, packets(blocks_[2], kAudioChannel)[0].sequence);
}

TEST_F(RtpPackagerTest, NewParameterSetsOfH264GoOnInTheSameSession) {
  begin();
  pushGroup(Micros{0}, 2);
  Track other = synthetic::videoTrack();
  std::get<H264Parameters>(other.parameters).pps = {hex("68cbe3cb20")};
  begin({other, synthetic::audioTrack()});
  pushGroup(Micros{1'000'000}, 2);
  EXPECT_EQ(ends_, 0);
  ASSERT_EQ(blocks_.size(), 4u);
  const Bytes sets(packets(blocks_[2], kVideoChannel)[0].payload.begin(),
                   packets(blocks_[2], kVideoChannel)[0].payload.end());
  EXPECT_NE(textOf(sets).find(textOf(hex("68cbe3cb20"))), std::string_view::npos);
  const uint32_t passed = packets(blocks_[2], kVideoChannel)[0].timestamp -
                          packets(blocks_[0], kVideoChannel)[0].timestamp;
  EXPECT_EQ(passed, 90'000u);
}

TEST_F(RtpPackagerTest, ASilentTrackComesBackInTheSameSession) {
  begin();
  pushGroup(Micros{0}, 2);
  Track silent = synthetic::audioTrack();
  silent.parameters = OpaqueParameters{};
  begin({synthetic::videoTrack(), silent});
  pushGroup(Micros{1'000'000}, 2);
  begin();
  pushAudio(Micros{2'000'000});
  pushGroup(Micros{2'000'000}, 2);
  EXPECT_EQ(ends_, 0);
  EXPECT_EQ(packets(blocks_[4], kAudioChannel).size(), 1u);
}

TEST_F(RtpPackagerTest, TracksThatReadersWereNotToldOfEndIt) {
  const Track video = synthetic::videoTrack();
  const std::vector<std::vector<Track>> others{
      {video},
      {synthetic::audioTrack(), video},
      {video, synthetic::audioTrack(44100)},
      {video, synthetic::opaqueTrack()},
      {video, synthetic::audioTrack(), synthetic::audioTrack()},
  };
  for (const auto& tracks : others) {
    open({});
    ends_ = 0;
    begin();
    push(picture(Micros{0}, true));
    begin(tracks);
    EXPECT_EQ(ends_, 1);
    const size_t before = blocks_.size();
    push(picture(kPicture, true));
    packager_->ended();
    EXPECT_EQ(blocks_.size(), before);
    EXPECT_EQ(ends_, 1);
  }
}

TEST_F(RtpPackagerTest, ATrackThatIsNotThereEndsItAtOnce) {
  begin({synthetic::videoTrack()});
  EXPECT_EQ(ends_, 1);
}

TEST_F(RtpPackagerTest, TheEndOfTheStreamBringsWhatWasWaiting) {
  begin();
  push(picture(Micros{0}, true));
  pushAudio(Micros{0});
  packager_->ended();
  packager_->ended();
  EXPECT_EQ(blocks_.size(), 2u);
  EXPECT_EQ(ends_, 1);
}

TEST_F(RtpPackagerTest, NoPacketIsLargerThanAskedFor) {
  open({.maxPacketBytes = 300});
  begin();
  pushAudio(Micros{0});
  push(picture(Micros{0}, true, 5000));
  for (const Interleaved& frame : framesOf(blocks_[0].bytes->bytes()))
    EXPECT_LE(frame.bytes.size(), 300u);
}

}  // namespace
}  // namespace core
