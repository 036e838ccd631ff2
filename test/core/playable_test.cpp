#include "core/playable.hpp"

#include "core/flac.hpp"
#include "core/fmp4.hpp"
#include "core/whole_packets.hpp"
#include "hex.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

Track pcm(const char* codec, uint32_t rate, uint8_t channels = 1) {
  return {Kind::audio, codec, rate, pcmOf(codec, rate, channels).value()};
}

TEST(Playable, SoundThatABrowserLacksBecomesFlac) {
  const auto flac = remadeOf(pcm("PCMU", 8000));
  ASSERT_TRUE(flac);
  EXPECT_EQ(flac->sampleRateHz, 8000u);
  EXPECT_EQ(flac->channels, 1);
  EXPECT_EQ(flac->samplesPerFrame, 512);
  EXPECT_EQ(remadeOf(pcm("G722", 8000))->sampleRateHz, 16000u);
  EXPECT_EQ(playableName(pcm("PCMU", 8000)), "fLaC");
}

TEST(Playable, MoreThanTwoChannelsBecomeTwo) {
  Ac3Parameters surround;
  surround.sampleRateHz = 48000;
  surround.channels = 6;
  const auto flac = remadeOf({Kind::audio, "AC3", 48000, surround});
  ASSERT_TRUE(flac);
  EXPECT_EQ(flac->channels, 2);
  EXPECT_EQ(flac->samplesPerFrame, 2048);
}

TEST(Playable, WhatEveryBrowserPlaysStaysAsItIs) {
  const auto aac = AacParameters::fromConfig(hex("1190"));
  ASSERT_TRUE(aac);
  const Track kept{Kind::audio, "MPEG4-GENERIC", 48000, *aac};
  EXPECT_FALSE(remadeOf(kept));
  EXPECT_EQ(playableName(kept), "mp4a.40.2");
  EXPECT_FALSE(remadeOf({Kind::audio, "OPUS", 48000, OpusParameters()}));
  EXPECT_EQ(playableName({Kind::audio, "SPEEX", 8000, OpaqueParameters{"SPEEX/8000", "", 97}}), "");
}

TEST(Playable, AnEpochKeepsItsNumberAndItsPictures) {
  Vp9Parameters vp9;
  vp9.width = 320;
  vp9.height = 240;
  const Epoch epoch{7, {{Kind::video, "VP9", 90000, vp9}, pcm("PCMA", 8000)}};
  const Epoch made = playable(epoch);
  EXPECT_EQ(made.number, 7u);
  EXPECT_EQ(made.tracks[0], epoch.tracks[0]);
  EXPECT_EQ(made.tracks[1].codec, "FLAC");
  EXPECT_EQ(fmp4::codecs(made), "vp09.00.20.08,fLaC");
}

TEST(Flac, StreamInfoSaysWhatIsKnownOfAStream) {
  FlacParameters parameters;
  parameters.sampleRateHz = 44100;
  parameters.channels = 2;
  parameters.samplesPerFrame = 4096;
  const flac::StreamInfo info = flac::formatStreamInfo(parameters);
  // 4096 and 4096 samples; no sizes; 44100 Hz, 2 channels, 16 bits; no length, no checksum.
  EXPECT_EQ(Bytes(info.begin(), info.begin() + 18), hex("10001000000000000000 0ac442f000000000"));
  EXPECT_EQ(flac::parseStreamInfo(info), parameters);
  EXPECT_FALSE(flac::parseStreamInfo(ByteView(info).first(12)));
}

TEST(Flac, FramesOfAnyLengthAreTold) {
  FlacParameters parameters;
  parameters.sampleRateHz = 48000;
  parameters.channels = 1;
  parameters.bitsPerSample = 24;
  EXPECT_EQ(flac::parseStreamInfo(flac::formatStreamInfo(parameters)), parameters);
}

TEST(Flac, MetadataIsNoFrame) {
  EXPECT_TRUE(flac::isFrame(hex("fff8c918")));
  EXPECT_FALSE(flac::isFrame(hex("664c6143")));
  EXPECT_FALSE(flac::isFrame(hex("ff")));
}

TEST(G726, SamplesAreBroughtIntoTheOtherOrder) {
  // 4 bits: 1 2 3 4; 2 bits: 0 1 2 3; 3 bits: 1 2 3 4 5 6 7 0.
  EXPECT_EQ(toAal2Order(hex("2143"), 4), hex("1234"));
  EXPECT_EQ(toAal2Order(hex("e4"), 2), hex("1b"));
  EXPECT_EQ(toAal2Order(hex("d1581f"), 3), hex("29cbb8"));
}

}  // namespace
}  // namespace core
