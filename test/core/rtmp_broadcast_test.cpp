#include "core/rtmp_broadcast.hpp"

#include "core/flv_track.hpp"
#include "core/hex.hpp"
#include "core/rtmp_messages.hpp"
#include "core/synthetic.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace core {
namespace {

using rtmp_messages::Read;

class RtmpBroadcastTest : public testing::Test {
 protected:
  RtmpBroadcastTest() { open({.video = 0, .audio = 1}); }

  void open(const RtmpConfig& config) {
    broadcast_ = std::make_unique<RtmpBroadcast>(
        RtmpBroadcastConfig{config, 1'000'000, Micros{10'000'000}},
        RingPackager::Sink{.block = [this](const RtpBlock& it) { blocks_.push_back(it); },
                           .ended = [this] { ++ends_; }});
  }
  void begin(std::vector<Track> tracks) {
    broadcast_->epoch(synthetic::epoch(++epoch_, std::move(tracks)));
  }
  void begin() { begin({synthetic::videoTrack(), synthetic::audioTrack()}); }
  void push(Frame frame) {
    frame.epoch = epoch_;
    broadcast_->frame(synthetic::share(std::move(frame)));
  }
  void picture(Micros at, bool key = false) { push(synthetic::frame(0, key, {at})); }
  void sound(Micros at) { push(synthetic::frame(1, true, {at})); }
  std::vector<Read> of(const BlockRef& block) { return rtmp_messages::read(block->bytes(), 4096); }

  std::unique_ptr<RtmpBroadcast> broadcast_;
  std::vector<RtpBlock> blocks_;
  int ends_ = 0;
  uint32_t epoch_ = 0;
};

constexpr Micros kBroadcastStart{3'600'000'000};

TEST_F(RtmpBroadcastTest, APictureIsOneBlockAndTheRingBeginsWithAKeyFrame) {
  begin();
  picture(kBroadcastStart, true);
  sound(kBroadcastStart + Micros{10'000});
  picture(kBroadcastStart + Micros{40'000});
  ASSERT_EQ(blocks_.size(), 2u);
  EXPECT_TRUE(blocks_[0].key);
  const std::vector<Read> second = of(blocks_[1].bytes);
  ASSERT_EQ(second.size(), 2u);
  EXPECT_EQ(second[0].timestamp, 1010u);
  EXPECT_EQ(second[1].timestamp, 1040u);
  EXPECT_EQ(broadcast_->ring().size(), 2u);
  picture(kBroadcastStart + Micros{80'000}, true);
  EXPECT_EQ(broadcast_->ring().size(), 1u);
}

TEST_F(RtmpBroadcastTest, WhatDecodersNeedIsToldApartAndOnlyANewOneIsInBetween) {
  begin();
  EXPECT_EQ(broadcast_->report({}), nullptr);
  picture(kBroadcastStart, true);
  EXPECT_EQ(of(blocks_[0].bytes).size(), 1u);
  const std::vector<Read> headers = of(broadcast_->report({}));
  ASSERT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers[0].type, rtmp::kVideo);
  EXPECT_EQ(headers[0].payload[1], 0);
  EXPECT_EQ(headers[1].payload, hex("af001190"));
  begin();
  picture(kBroadcastStart + Micros{40'000}, true);
  EXPECT_EQ(of(blocks_[1].bytes).size(), 1u);
  begin({synthetic::videoTrack(), synthetic::audioTrack(44100)});
  picture(kBroadcastStart + Micros{80'000}, true);
  sound(kBroadcastStart + Micros{80'000});
  picture(kBroadcastStart + Micros{120'000});
  EXPECT_EQ(of(blocks_[3].bytes).front().payload, hex("af001210"));
}

TEST_F(RtmpBroadcastTest, DamagedPicturesAreLeftOut) {
  begin();
  picture(kBroadcastStart, true);
  Frame broken = synthetic::frame(0, false, {kBroadcastStart + Micros{40'000}});
  broken.damaged = true;
  push(std::move(broken));
  EXPECT_EQ(blocks_.size(), 1u);
}

TEST_F(RtmpBroadcastTest, ItEndsOnceWithATrackThatFlvDoesNotCarry) {
  begin();
  picture(kBroadcastStart, true);
  begin({synthetic::opaqueTrack(), synthetic::audioTrack()});
  EXPECT_EQ(ends_, 0) << "nothing is known of it yet";
  Track jpeg{Kind::video, "JPEG", 90000, JpegParameters{}};
  begin({jpeg, synthetic::audioTrack()});
  broadcast_->ended();
  EXPECT_EQ(ends_, 1);
}

TEST_F(RtmpBroadcastTest, TagsHaveTheirSizesBehindThem) {
  open({.video = 0, .asTags = true});
  begin();
  picture(kBroadcastStart, true);
  const ByteView tag = blocks_.at(0).bytes->bytes();
  ASSERT_EQ(tag.size(), 11u + 5 + 100 + 4);
  EXPECT_EQ(Bytes(tag.begin(), tag.begin() + 13), hex("09000069 0003e8 00 000000 1701"));
  EXPECT_EQ(read32(tag, tag.size() - 4), tag.size() - 4);
}

Track picturesOf(std::string codec, Parameters parameters) {
  VideoParameters& video = *videoOf(parameters);
  video.width = 320;
  video.height = 240;
  return {Kind::video, std::move(codec), 90000, std::move(parameters)};
}

Track pcmSound(std::string codec) {
  PcmParameters parameters;
  parameters.sampleRateHz = 8000;
  parameters.channels = 1;
  return {Kind::audio, std::move(codec), 8000, parameters};
}

Track flacSound() {
  FlacParameters parameters;
  parameters.sampleRateHz = 48000;
  parameters.channels = 2;
  return {Kind::audio, "FLAC", 48000, parameters};
}

Av1Parameters av1Pictures() {
  Av1Parameters parameters;
  parameters.sequenceHeader = hex("0a0b00000004 3c ffbc ff9be60220");
  return parameters;
}

// What a reader of FLV makes of a track: as Enhanced RTMP has it, or as Flash had it.
TEST(Flv, WhatIsWrittenOfATrackIsReadAgain) {
  const std::vector<Track> tracks{synthetic::videoTrack(),
                                  synthetic::audioTrack(),
                                  pcmSound("PCMA"),
                                  pcmSound("PCMU"),
                                  flacSound(),
                                  Track{Kind::audio, "OPUS", 48000, OpusParameters(1)}};
  for (const Track& track : tracks) {
    const flv::Format format = flv::formatOf(track);
    ASSERT_TRUE(format.carried) << track.codec;
    flv::TrackReader reader;
    const auto parse = track.kind == Kind::video ? flv::parseVideoTags : flv::parseAudioTags;
    const Bytes header = flv::sequenceHeader(format);
    if (!header.empty()) reader.learn(parse(header).at(0));
    Bytes media;
    flv::appendHead(format, synthetic::frame(0, true, {}), 40, media);
    media.insert(media.end(), 9, 0);
    const auto tags = parse(media);
    ASSERT_TRUE(tags.size() == 1 && tags[0].use == flv::Tag::Use::media) << track.codec;
    EXPECT_EQ(tags[0].codec, track.codec);
    EXPECT_EQ(tags[0].body.size(), 9u);
    reader.learn(tags[0]);
    ASSERT_TRUE(reader.track()) << track.codec;
    EXPECT_EQ(reader.track()->parameters.index(), track.parameters.index());
  }
}

TEST(Flv, PicturesThatFlashDidNotHaveAreNamedByFourLetters) {
  const std::vector<std::pair<Track, std::string>> tracks{
      {picturesOf("VP8", Vp8Parameters{}), "vp08"},
      {picturesOf("VP9", Vp9Parameters{}), "vp09"},
      {picturesOf("AV1", av1Pictures()), "av01"}};
  for (const auto& [track, name] : tracks) {
    const flv::Format format = flv::formatOf(track);
    ASSERT_TRUE(format.carried) << name;
    Bytes key, other;
    flv::appendHead(format, synthetic::frame(0, true, {}), 0, key);
    flv::appendHead(format, synthetic::frame(0, false, {}), 0, other);
    ASSERT_EQ(key.size(), 5u);
    EXPECT_EQ(key[0], 0x91);
    EXPECT_EQ(other[0], 0xa1);
    EXPECT_EQ(std::string(key.begin() + 1, key.end()), name);
    const Bytes header = flv::sequenceHeader(format);
    EXPECT_EQ(header[0], 0x90);
    EXPECT_EQ(flv::parseVideoTags(header).at(0).codec, track.codec);
  }
}

TEST(Flv, SoundOfFlashTellsItsRate) {
  MpegAudioParameters mp3;
  mp3.channels = 2;
  for (const auto& [rate, first] : {std::pair{48000u, 0x2f}, {44100u, 0x2f}, {22050u, 0x2b}}) {
    mp3.sampleRateHz = rate;
    Bytes head;
    flv::appendHead(flv::formatOf({Kind::audio, "MPA", 90000, mp3}), synthetic::frame(0, true, {}),
                    0, head);
    EXPECT_EQ(head, Bytes{static_cast<uint8_t>(first)});
  }
  mp3.layer = 2;
  EXPECT_FALSE(flv::formatOf({Kind::audio, "MPA", 90000, mp3}).carried);
}

}  // namespace
}  // namespace core
