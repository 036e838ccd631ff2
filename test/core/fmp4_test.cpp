#include "core/fmp4.hpp"

#include "core/mp4_reader.hpp"
#include "core/synthetic.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

using fmp4::Sample;
using synthetic::audioTrack;
using synthetic::frame;
using synthetic::opaqueTrack;
using synthetic::share;
using synthetic::videoTrack;

const Epoch kBoth{1, {videoTrack(), audioTrack(), opaqueTrack()}};

Bytes copy(ByteView view) { return {view.begin(), view.end()}; }

std::vector<mp4::Sample> samplesOf(const Epoch& epoch, const Bytes& media) {
  const auto fragments = mp4::readFragments(fmp4::initSection(epoch), media);
  EXPECT_TRUE(fragments);
  if (!fragments || fragments->size() != 1) return {};
  return (*fragments)[0].samples;
}

TEST(Fmp4, AnEpochOfOpaqueTracksCannotBeCarried) {
  EXPECT_FALSE(fmp4::canCarry(Epoch{1, {opaqueTrack()}}));
  EXPECT_FALSE(fmp4::canCarry(Epoch{1, {{Kind::video, "H264", 90000, H264Parameters{}}}}));
  EXPECT_TRUE(fmp4::canCarry(Epoch{1, {opaqueTrack(), audioTrack()}}));
}

TEST(Fmp4, OneOfEachKindIsCarriedTheFirst) {
  const Epoch epoch{1, {opaqueTrack(), audioTrack(), videoTrack(), audioTrack(), videoTrack()}};
  std::vector<bool> carried;
  for (size_t i = 0; i < epoch.tracks.size(); ++i) carried.push_back(fmp4::takesPart(epoch, i));
  EXPECT_EQ(carried, (std::vector<bool>{false, true, true, false, false}));
  EXPECT_EQ(fmp4::codecs(epoch), "mp4a.40.2,avc1.64000d");
}

TEST(Fmp4, TheInitSectionHasOneTrackForEachParsedTrackAndNoEditLists) {
  const Bytes init = fmp4::initSection(kBoth);
  const auto boxes = mp4::read(init);
  ASSERT_TRUE(boxes);
  ASSERT_EQ(boxes->size(), 2u);
  EXPECT_EQ((*boxes)[0].type, "ftyp");
  EXPECT_EQ((*boxes)[1].type, "moov");
  const auto heads = mp4::find(init, "moov/trak/tkhd");
  ASSERT_EQ(heads.size(), 2u);
  EXPECT_EQ(mp4::u32(heads[0].body, 12), 1u);
  EXPECT_EQ(mp4::u32(heads[0].body, 76), 320u << 16);
  EXPECT_EQ(mp4::u32(heads[0].body, 80), 240u << 16);
  EXPECT_EQ(mp4::u32(heads[1].body, 12), 2u);
  EXPECT_TRUE(mp4::find(init, "moov/trak/edts").empty());
  const auto media = mp4::find(init, "moov/trak/mdia/mdhd");
  ASSERT_EQ(media.size(), 2u);
  EXPECT_EQ(mp4::u32(media[0].body, 12), 90000u);
  EXPECT_EQ(mp4::u32(media[1].body, 12), 48000u);
  EXPECT_EQ(mp4::find(init, "moov/mvex/trex").size(), 2u);
}

TEST(Fmp4, TrackIdsAreIndexesInTheEpochPlusOne) {
  const Bytes init = fmp4::initSection({1, {opaqueTrack(), audioTrack(), videoTrack()}});
  const auto heads = mp4::find(init, "moov/trak/tkhd");
  ASSERT_EQ(heads.size(), 2u);
  EXPECT_EQ(mp4::u32(heads[0].body, 12), 2u);
  EXPECT_EQ(mp4::u32(heads[1].body, 12), 3u);
}

TEST(Fmp4, TheDecoderConfigurationHasAllParameterSets) {
  Track track = videoTrack();
  auto& h264 = std::get<H264Parameters>(track.parameters);
  h264.pps.push_back({0x68, 0x5b, 0x01});
  const Bytes init = fmp4::initSection({1, {track}});
  const auto found = mp4::find(init, "moov/trak/mdia/minf/stbl/stsd/avc1/avcC");
  ASSERT_EQ(found.size(), 1u);
  Bytes expected{1, 0x64, 0x00, 0x0d, 0xff, 0xe1, 0, static_cast<uint8_t>(h264.sps.size())};
  expected.insert(expected.end(), h264.sps.begin(), h264.sps.end());
  expected.push_back(2);
  for (const Bytes& pps : h264.pps) {
    expected.insert(expected.end(), {0, static_cast<uint8_t>(pps.size())});
    expected.insert(expected.end(), pps.begin(), pps.end());
  }
  // High profile: chroma format 4:2:0, 8 bits each, no SPS extensions.
  expected.insert(expected.end(), {0xfd, 0xf8, 0xf8, 0});
  EXPECT_EQ(copy(found[0].body), expected);
}

TEST(Fmp4, BaselineHasNoHighProfileFields) {
  Track track = videoTrack();
  auto& h264 = std::get<H264Parameters>(track.parameters);
  h264.sps = {0x67, 0x42, 0xc0, 0x0d, 0x8c, 0x8d, 0x41, 0x41, 0xfb};
  const Bytes init = fmp4::initSection({1, {track}});
  const auto found = mp4::find(init, "moov/trak/mdia/minf/stbl/stsd/avc1/avcC");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].body.size(), 6 + 2 + h264.sps.size() + 1 + 2 + h264.pps[0].size());
}

TEST(Fmp4, CodecsAreNamedByRfc6381) {
  EXPECT_EQ(fmp4::codecs(kBoth), "avc1.64000d,mp4a.40.2");
  Track heAac = audioTrack();
  std::get<AacParameters>(heAac.parameters).config = {0x2b, 0x11, 0x88, 0x00};
  EXPECT_EQ(fmp4::codecs({1, {heAac}}), "mp4a.40.5");
}

TEST(Fmp4, AFragmentGivesBackFramesOfSeveralTracksWithTheirTimes) {
  const std::vector<Sample> samples{
      {share(frame(0, true, {Micros{1'000'000}, Micros{1'080'000}}, 300)), Micros{40'000}},
      {share(frame(1, true, {Micros{1'010'000}}, 20)), Micros{21'333}},
      {share(frame(0, false, {Micros{1'040'000}, Micros{1'040'000}}, 200)), Micros{40'000}},
      {share(frame(2, true, {Micros{1'040'000}}, 50)), Micros{40'000}},
      {share(frame(1, true, {Micros{1'031'333}}, 21)), Micros{21'333}},
  };
  const Bytes media = fmp4::fragment(kBoth, 7, samples);
  EXPECT_EQ(media.size(), media.capacity());
  const auto read = samplesOf(kBoth, media);
  ASSERT_EQ(read.size(), 4u);
  EXPECT_EQ(read[0].dts, 90'000u);
  EXPECT_EQ(read[0].duration, 3600u);
  EXPECT_EQ(read[0].offset, 7200);
  EXPECT_TRUE(read[0].key);
  EXPECT_EQ(copy(read[0].payload), samples[0].frame->payload);
  EXPECT_EQ(read[1].offset, 0);
  EXPECT_FALSE(read[1].key);
  EXPECT_EQ(copy(read[1].payload), samples[2].frame->payload);
  EXPECT_EQ(read[2].track, 2u);
  EXPECT_EQ(read[2].dts, 48'480u);
  EXPECT_EQ(read[2].duration, 1024u);
  EXPECT_TRUE(read[2].key);
  EXPECT_EQ(copy(read[3].payload), samples[4].frame->payload);
}

TEST(Fmp4, CompositionCanPrecedeDecoding) {
  const Sample sample{share(frame(0, true, {Micros{1'000'000}, Micros{980'000}})), Micros{40'000}};
  const auto read = samplesOf(kBoth, fmp4::fragment(kBoth, 1, {&sample, 1}));
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].offset, -1800);
}

// Frames of one track, `perFragment` in each, chain to the unit although their times are rounded to
// microseconds and begin anywhere.
void expectChain(const Track& track, Micros start, uint32_t ticksPerFrame, size_t perFragment) {
  const Epoch epoch{1, {track}};
  const int64_t scale =
      track.kind == Kind::audio ? std::get<AacParameters>(track.parameters).sampleRateHz : 90000;
  const auto at = [&](int64_t n) {
    return start + Micros{(n * ticksPerFrame * 1'000'000 + scale / 2) / scale};
  };
  uint64_t next = 0;
  for (int64_t n = 0; n < 5000;) {
    std::vector<Sample> samples;
    for (size_t i = 0; i < perFragment; ++i, ++n) {
      samples.push_back({share(frame(0, true, {at(n)}, 10 + n % 3)), at(n + 1) - at(n)});
    }
    for (const mp4::Sample& sample : samplesOf(epoch, fmp4::fragment(epoch, 1, samples))) {
      if (next == 0) next = sample.dts;
      ASSERT_EQ(sample.dts, next);
      ASSERT_NEAR(sample.duration, ticksPerFrame, 1);
      next = sample.dts + sample.duration;
    }
  }
}

TEST(Fmp4, DecodeTimesChainWithoutGapOrDrift) {
  expectChain(videoTrack(), Micros{1'000'000}, 3003, 1);
  expectChain(videoTrack(), Micros{1'234'567}, 3000, 6);
  expectChain(audioTrack(44100), Micros{999'983}, 1024, 9);
  expectChain(audioTrack(48000), Micros{1'700'000'000'123'456}, 1024, 1);
}

TEST(Fmp4, FieldsThatAreTheSameForAllSamplesAreWrittenOnce) {
  std::vector<Sample> samples;
  for (int i = 0; i < 10; ++i) {
    const Micros dts{i * 64'000};
    samples.push_back({share(frame(0, true, {dts}, 10)), Micros{64'000}});
  }
  const Epoch epoch{1, {audioTrack(16000)}};
  const Bytes media = fmp4::fragment(epoch, 1, samples);
  // moof, mfhd, traf, tfhd with a size, tfdt, trun; mdat.
  EXPECT_EQ(media.size(), 8u + 16 + 8 + 20 + 20 + 20 + 8 + 100);
}

TEST(Fmp4, ALiveSampleDeclaresALongDuration) {
  const auto live = [](uint8_t track) {
    const fmp4::Sample sample =
        fmp4::liveSample(kBoth, share(frame(track, true, {Micros{1'000'000}})));
    return samplesOf(kBoth, fmp4::fragment(kBoth, 1, {&sample, 1}));
  };
  const auto video = live(0);
  ASSERT_EQ(video.size(), 1u);
  EXPECT_EQ(video[0].duration, 90'000u);
  const auto audio = live(1);
  ASSERT_EQ(audio.size(), 1u);
  EXPECT_EQ(audio[0].duration, 1024u);
}

}  // namespace
}  // namespace core
