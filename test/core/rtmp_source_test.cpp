#include "core/rtmp_source.hpp"

#include "core/decoder_config.hpp"
#include "core/hex.hpp"
#include "core/rtmp_messages.hpp"
#include "core/rtmp_packager.hpp"
#include "core/synthetic.hpp"

#include <gtest/gtest.h>

#include <string>

namespace core {
namespace {

const Bytes kSlice = hex("00000006 41b800aabbcc");
const Bytes kIdr = hex("00000006 65b800aabbcc");
const Bytes kSound = hex("21100460");

class RtmpSourceTest : public testing::Test {
 protected:
  void send(uint8_t type, uint32_t time, const Bytes& payload) {
    source_.push({{type, 1, time}, payload}, now_);
  }
  void video(uint32_t time, const Bytes& payload) { send(rtmp::kVideo, time, payload); }
  void audio(uint32_t time, const Bytes& payload) { send(rtmp::kAudio, time, payload); }
  void headers() {
    video(0, join({hex("1700000000"),
                   formatAvcC(std::get<H264Parameters>(synthetic::videoTrack().parameters))}));
    audio(0, hex("af001190"));
  }
  void picture(uint32_t time, bool key = false, uint8_t composition = 0) {
    now_ = kEpoch + Micros{int64_t{time} * 1000};
    video(time, join({{static_cast<uint8_t>(key ? 0x17 : 0x27), 1, 0, 0, composition},
                      key ? kIdr : kSlice}));
  }
  void sound(uint32_t time) { audio(time, join({hex("af01"), kSound})); }
  std::vector<const Frame*> of(uint8_t track) const {
    std::vector<const Frame*> all;
    for (const Frame& frame : frames_)
      if (frame.track == track) all.push_back(&frame);
    return all;
  }

  static constexpr Micros kEpoch{5'000'000};
  Micros now_ = kEpoch;
  std::vector<std::vector<Track>> epochs_;
  std::vector<Stream::Splice> splices_;
  std::vector<Frame> frames_;
  std::string refusal_;
  RtmpSource source_{{.begin =
                          [this](std::vector<Track> tracks, Stream::Splice splice) {
                            epochs_.push_back(std::move(tracks));
                            splices_.push_back(splice);
                          },
                      .frame = [this](Frame&& frame) { frames_.push_back(std::move(frame)); },
                      .refused = [this](const std::string& reason) { refusal_ = reason; }}};
};

TEST_F(RtmpSourceTest, PicturesAndSoundBecomeFrames) {
  headers();
  picture(0, true, 80);
  sound(0);
  picture(40);
  ASSERT_EQ(epochs_.size(), 1u);
  ASSERT_EQ(epochs_[0].size(), 2u);
  EXPECT_EQ(epochs_[0][0].codec, "H264");
  EXPECT_EQ(std::get<H264Parameters>(epochs_[0][0].parameters).width, 320u);
  EXPECT_EQ(epochs_[0][1].codec, "MPEG4-GENERIC");
  EXPECT_EQ(epochs_[0][1].clockRateHz, 48000u);
  ASSERT_EQ(frames_.size(), 3u);
  EXPECT_TRUE(frames_[0].key);
  EXPECT_EQ(frames_[0].payload, kIdr);
  EXPECT_EQ(frames_[0].dts, Micros{0});
  EXPECT_EQ(frames_[0].pts, Micros{80'000});
  EXPECT_EQ(frames_[1].payload, kSound);
  EXPECT_EQ(frames_[1].duration, Micros{21'333});
  EXPECT_FALSE(frames_[2].key);
  EXPECT_EQ(frames_[2].dts, Micros{40'000});
  EXPECT_EQ(frames_[2].arrival, now_);
}

TEST_F(RtmpSourceTest, WhatIsPackagedForRtmpComesBack) {
  std::vector<Bytes> sent;
  RtmpPackager packager({.video = 0, .audio = 1, .chunkBytes = 4096},
                        [&](const OutputBlock& block) {
                          for (const auto& it : rtmp_messages::read(block.bytes->bytes(), 4096))
                            send(it.type, it.timestamp, it.payload);
                        });
  EXPECT_TRUE(packager.begin({synthetic::videoTrack(), synthetic::audioTrack()}));
  for (int i = 0; i < 10; ++i) {
    Frame picture = synthetic::frame(0, i == 0, {Micros{i * 40'000}});
    picture.payload = i == 0 ? kIdr : kSlice;
    Frame sound = synthetic::frame(1, true, {Micros{i * 40'000}});
    for (const Frame& frame : {sound, picture}) {
      packager.add(frame, frame.dts, frame.pts + Micros{frame.track == 0 ? 80'000 : 0});
      sent.push_back(frame.payload);
    }
  }
  std::vector<Bytes> got;
  for (const Frame& frame : frames_) got.push_back(frame.payload);
  EXPECT_EQ(got, sent);
  EXPECT_EQ(frames_.back().pts - frames_.back().dts, Micros{80'000});
  EXPECT_EQ(frames_.back().dts, Micros{360'000});
}

TEST_F(RtmpSourceTest, SoundHasTheDistancesOfItsSamples) {
  headers();
  picture(0, true);
  for (uint32_t i = 0; i < 500; ++i) sound(i * 1024 / 48);
  const auto sounds = of(1);
  ASSERT_EQ(sounds.size(), 500u);
  for (size_t i = 0; i < sounds.size(); ++i)
    EXPECT_EQ(sounds[i]->dts, Micros{static_cast<int64_t>(i) * 1024 * 1'000'000 / 48000}) << i;
  sound(500 * 1024 / 48 + 300);
  EXPECT_EQ(of(1).back()->dts, Micros{(500 * 1024 / 48 + 300) * 1000});
}

TEST_F(RtmpSourceTest, ATrackThatIsAloneIsWaitedForUntilItIsSaidToBe) {
  source_.expect(true, false);
  video(0, join({hex("1700000000"),
                 formatAvcC(std::get<H264Parameters>(synthetic::videoTrack().parameters))}));
  picture(0, true);
  EXPECT_EQ(frames_.size(), 1u);
}

TEST_F(RtmpSourceTest, WithoutMetadataTheOtherTrackIsWaitedForASecond) {
  video(0, join({hex("1700000000"),
                 formatAvcC(std::get<H264Parameters>(synthetic::videoTrack().parameters))}));
  for (uint32_t time = 0; time < 1000; time += 40) picture(time, time == 0);
  EXPECT_TRUE(frames_.empty());
  picture(1000);
  EXPECT_EQ(frames_.size(), 26u);
  EXPECT_EQ(frames_[0].arrival, kEpoch);
  ASSERT_EQ(epochs_.size(), 1u);
  EXPECT_EQ(epochs_[0].size(), 1u);
  audio(1020, hex("af001190"));
  sound(1020);
  ASSERT_EQ(epochs_.size(), 2u);
  EXPECT_EQ(epochs_[1].size(), 2u);
  EXPECT_EQ(splices_[1], Stream::Splice::same);
  EXPECT_EQ(of(1).size(), 1u);
}

TEST_F(RtmpSourceTest, TimesMayBeginAnywhereAndPassTheirEnd) {
  headers();
  now_ = kEpoch;
  for (uint32_t i = 0; i < 10; ++i) {
    now_ = kEpoch + Micros{i * 40'000};
    video(0xffffff80u + i * 40,
          join({{static_cast<uint8_t>(i == 0 ? 0x17 : 0x27), 1, 0, 0, 0}, i == 0 ? kIdr : kSlice}));
  }
  ASSERT_EQ(frames_.size(), 10u);
  for (size_t i = 0; i < frames_.size(); ++i)
    EXPECT_EQ(frames_[i].dts, Micros{static_cast<int64_t>(i) * 40'000});
  EXPECT_EQ(epochs_.size(), 1u);
}

TEST_F(RtmpSourceTest, TimesThatJumpBeginAnotherEpochAndSingleOnesAreRepaired) {
  headers();
  for (uint32_t time = 0; time < 400; time += 40) picture(time, time == 0);
  const auto at = [&](uint32_t time, uint32_t shown) {
    now_ = kEpoch + Micros{int64_t{time} * 1000};
    video(shown, join({{0x27, 1, 0, 0, 0}, kSlice}));
  };
  at(400, 90'000'000);
  EXPECT_EQ(frames_.back().dts, Micros{400'000});
  at(440, 440);
  EXPECT_EQ(frames_.back().dts, Micros{440'000});
  EXPECT_EQ(epochs_.size(), 1u);
  for (uint32_t i = 0; i < 4; ++i) at(480 + i * 40, 7'000'000 + i * 40);
  EXPECT_EQ(frames_.back().dts, Micros{600'000});
  ASSERT_EQ(epochs_.size(), 2u);
  EXPECT_EQ(splices_[1], Stream::Splice::elapsed);
}

TEST_F(RtmpSourceTest, DecodeTimesDoNotStandStill) {
  headers();
  picture(0, true);
  picture(40);
  picture(40);
  picture(39);
  const auto pictures = of(0);
  for (size_t i = 1; i < pictures.size(); ++i) EXPECT_GT(pictures[i]->dts, pictures[i - 1]->dts);
}

TEST_F(RtmpSourceTest, AnotherSequenceHeaderIsAnotherEpochAndTheSameOneIsNone) {
  headers();
  picture(0, true);
  headers();
  picture(40);
  EXPECT_EQ(epochs_.size(), 1u);
  auto other = std::get<H264Parameters>(synthetic::videoTrack().parameters);
  other.pps = {hex("68eae3cb22c0")};
  video(80, join({hex("1700000000"), formatAvcC(other)}));
  EXPECT_EQ(epochs_.size(), 2u);
  EXPECT_EQ(splices_[1], Stream::Splice::same);
}

TEST_F(RtmpSourceTest, AnAggregateIsTakenApart) {
  headers();
  const Bytes key = join({hex("1701000000"), kIdr});
  const Bytes next = join({hex("2701000000"), kSlice});
  const auto size = [](const Bytes& it) { return Bytes{0, 0, static_cast<uint8_t>(it.size())}; };
  const Bytes pointer(4);
  send(rtmp::kAggregate, 1000,
       join({{9},
             size(key),
             hex("0003e8 00 000000"),
             key,
             pointer,
             {9},
             size(next),
             hex("000410 00 000000"),
             next,
             pointer}));
  ASSERT_EQ(frames_.size(), 2u);
  EXPECT_EQ(frames_[1].dts - frames_[0].dts, Micros{40'000});
}

TEST_F(RtmpSourceTest, WhatNobodyPlaysIsRefusedWithItsName) {
  audio(0, hex("b2aabb"));
  EXPECT_EQ(refusal_, "sound of Speex, which nobody here plays");
}

TEST_F(RtmpSourceTest, OldSoundTellsItsParametersByItself) {
  source_.expect(false, true);
  audio(0, join({hex("82"), Bytes(160, 0x55)}));
  audio(20, join({hex("82"), Bytes(160, 0x55)}));
  ASSERT_EQ(epochs_.size(), 1u);
  EXPECT_EQ(epochs_[0][0].codec, "PCMU");
  EXPECT_EQ(frames_[1].dts, Micros{20'000});
}

TEST_F(RtmpSourceTest, EnhancedRtmpNamesItsCodecs) {
  source_.expect(true, true);
  auto hevc = H265Parameters::fromSets(
      hex("40010c01ffff01600000030090000003000003003c959009"),
      hex("42010101600000030090000003000003003ca00a080f16595912930bc05a020000030002000003003210"),
      {hex("4401c073c189")});
  ASSERT_TRUE(static_cast<bool>(hevc));
  const Bytes name{'h', 'v', 'c', '1'};
  video(0, join({hex("90"), name, formatHvcC(*hevc)}));
  audio(0, join({hex("90"), {'O', 'p', 'u', 's'}, {'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, 2}}));
  const Bytes irap = hex("0000000e 2801ac7440ba72e190aa7f3aed84");
  const Bytes trail = hex("0000000e 0201d0195e20e081517bf0a59d8d");
  video(0, join({hex("91"), name, hex("000028"), irap}));
  video(40, join({hex("a3"), name, trail}));
  audio(40, join({hex("91"), {'O', 'p', 'u', 's'}, hex("f8aabb")}));
  ASSERT_EQ(epochs_.size(), 1u);
  EXPECT_EQ(epochs_[0][0].codec, "H265");
  EXPECT_EQ(epochs_[0][1].codec, "OPUS");
  ASSERT_EQ(frames_.size(), 3u);
  EXPECT_TRUE(frames_[0].key);
  EXPECT_EQ(frames_[0].payload, irap);
  EXPECT_EQ(frames_[0].pts, Micros{40'000});
  EXPECT_EQ(frames_[1].payload, trail);
  EXPECT_EQ(frames_[1].pts, frames_[1].dts);
  EXPECT_EQ(frames_[2].duration, Micros{20'000});
}

const Bytes kOpus{'O', 'p', 'u', 's'};
const Bytes kOpusHead{'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, 1};

TEST_F(RtmpSourceTest, SeveralTracksOfOneMessageAreTracks) {
  source_.expect(false, true);
  audio(0, join({hex("9510"), kOpus, hex("01 00000a"), kOpusHead, hex("00 00000a"), kOpusHead}));
  audio(0, join({hex("9511"), kOpus, hex("00 000003 f8aabb"), hex("01 000002 f8cc")}));
  ASSERT_EQ(epochs_.size(), 1u);
  ASSERT_EQ(epochs_[0].size(), 2u);
  ASSERT_EQ(frames_.size(), 2u);
  EXPECT_EQ(frames_[0].payload, hex("f8aabb"));
  EXPECT_EQ(frames_[1].payload, hex("f8cc"));
  EXPECT_NE(frames_[0].track, frames_[1].track);
  EXPECT_EQ(frames_[0].dts, frames_[1].dts);
}

TEST_F(RtmpSourceTest, ATrackThatComesLaterBeginsAnotherEpoch) {
  headers();
  picture(0, true);
  sound(0);
  audio(20, join({hex("9500"), kOpus, hex("07"), kOpusHead}));
  audio(20, join({hex("9501"), kOpus, hex("07 f8aabb")}));
  ASSERT_EQ(epochs_.size(), 2u);
  ASSERT_EQ(epochs_[1].size(), 3u);
  EXPECT_EQ(epochs_[1][2].codec, "OPUS");
  EXPECT_EQ(splices_[1], Stream::Splice::same);
  EXPECT_EQ(frames_.back().track, 2);
  EXPECT_EQ(frames_.back().payload, hex("f8aabb"));
}

TEST_F(RtmpSourceTest, TracksAreBounded) {
  source_.expect(false, true);
  for (int id = 0; id < 256; ++id) {
    const auto name = static_cast<uint8_t>(id);
    audio(0, join({hex("9500"), kOpus, {name}, kOpusHead}));
    audio(0, join({hex("9501"), kOpus, {name}, hex("f8aabb")}));
  }
  EXPECT_EQ(epochs_.back().size(), RtmpSource::kMostTracks);
  EXPECT_EQ(frames_.size(), RtmpSource::kMostTracks);
}

TEST_F(RtmpSourceTest, AMessageMayBeLaterByNanoseconds) {
  source_.expect(true, false);
  headers();
  picture(0, true);
  video(40, join({hex("a7 02 07a120 03"), {'a', 'v', 'c', '1'}, kSlice}));
  ASSERT_EQ(frames_.size(), 2u);
  EXPECT_EQ(frames_[1].payload, kSlice);
  EXPECT_EQ(frames_[1].dts, Micros{40'500});
}

TEST_F(RtmpSourceTest, WhatIsCutShortIsNothing) {
  headers();
  picture(0, true);
  for (const char* bytes :
       {"", "17", "1701", "17010000", "1701000000ffffffff00", "97", "9700", "96"})
    video(40, hex(bytes));
  for (const char* bytes : {"", "af", "9", "95"}) audio(40, hex(bytes));
  EXPECT_EQ(frames_.size(), 1u);
  EXPECT_EQ(refusal_, "");
}

}  // namespace
}  // namespace core
