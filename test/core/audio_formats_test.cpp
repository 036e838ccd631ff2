#include "core/framed_audio.hpp"
#include "core/whole_packets.hpp"

#include "core/fmp4.hpp"
#include "core/hex.hpp"
#include "core/rtp_feed.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

RtpTrackConfig configOf(std::string codec, uint32_t clockRateHz, uint8_t channels = 1) {
  RtpTrackConfig made;
  made.kind = Kind::audio;
  made.codec = std::move(codec);
  made.clockRateHz = clockRateHz;
  made.channels = channels;
  return made;
}

// MPEG-1 layer 3, 128 kbit/s, 48 kHz: 384 bytes. MPEG-2, 64 kbit/s, 24 kHz, mono: 192 bytes.
Bytes frameOf(Bytes head, size_t size) {
  while (head.size() < size) head.push_back(static_cast<uint8_t>(head.size() % 200));
  return head;
}
const Bytes kMp3 = frameOf(hex("fffb9400"), 384);
const Bytes kMono = frameOf(hex("fff384c0"), 192);
// 192 kbit/s, 48 kHz, two channels.
const Bytes kAc3 = frameOf(hex("0b77 0000 14 40 40 00"), 768);

struct Length {
  const char* name;
  Bytes unit;
  uint32_t samples;
};

class OpusLengths : public testing::TestWithParam<Length> {};

TEST_P(OpusLengths, AreReadFromTheFirstBytes) {
  EXPECT_EQ(OpusParameters().samplesOf(GetParam().unit), GetParam().samples);
}

INSTANTIATE_TEST_SUITE_P(
    Toc, OpusLengths,
    testing::Values(Length{"silk10ms", hex("00aa"), 480}, Length{"silk60ms", hex("18aa"), 2880},
                    Length{"hybrid20ms", hex("68aa"), 960}, Length{"celt2ms5", hex("80aa"), 120},
                    Length{"celt20ms", hex("f8aa"), 960}, Length{"twoFrames", hex("f9aa"), 1920},
                    Length{"fiveFrames", hex("fb05"), 4800}, Length{"tooMany", hex("fb3f"), 0},
                    Length{"cut", hex("fb"), 0}, Length{"empty", {}, 0}),
    [](const auto& test) { return test.param.name; });

TEST(Opus, EveryPacketIsAUnitOfItsOwnLength) {
  const RtpTrackConfig config = configOf("OPUS", 48000, 2);
  RtpFeed feed(config);
  feed.send(0, hex("f8aabb"));
  feed.lose();
  feed.send(1920, hex("f9aabb"), true);
  feed.send(3840, {});
  ASSERT_EQ(feed.units.size(), 2u);
  EXPECT_EQ(feed.units[1].timestamp, 1920u);
  EXPECT_EQ(feed.units[1].payload, hex("f9aabb"));
  EXPECT_EQ(unitDuration(feed.parameters.at(0), feed.units[0].payload), Micros{20'000});
  const Epoch epoch{1, {trackOf(config, feed.parameters[0])}};
  EXPECT_EQ(fmp4::codecs(epoch), "opus");
}

struct Coding {
  const char* codec;
  uint32_t clockRateHz;
  uint8_t channels;
  size_t bytes;
};

class SampleCodecs : public testing::TestWithParam<Coding> {};

TEST_P(SampleCodecs, LastAsLongAsTheirSamples) {
  const auto& [codec, clockRateHz, channels, bytes] = GetParam();
  const RtpTrackConfig config = configOf(codec, clockRateHz, channels);
  RtpFeed feed(config);
  feed.send(7, Bytes(bytes, 0x55));
  ASSERT_EQ(feed.units.size(), 1u);
  EXPECT_EQ(unitDuration(feed.parameters.at(0), feed.units[0].payload), Micros{20'000});
  EXPECT_FALSE(fmp4::canCarry(trackOf(config, feed.parameters[0])));
}

INSTANTIATE_TEST_SUITE_P(
    Twenty, SampleCodecs,
    testing::Values(Coding{"PCMU", 8000, 1, 160}, Coding{"PCMA", 16000, 2, 640},
                    Coding{"G722", 8000, 1, 160}, Coding{"G726-16", 8000, 1, 40},
                    Coding{"G726-24", 8000, 1, 60}, Coding{"G726-32", 8000, 1, 80},
                    Coding{"G726-40", 8000, 1, 100}, Coding{"AAL2-G726-32", 8000, 1, 80},
                    Coding{"L8", 22050, 2, 882}, Coding{"L16", 44100, 2, 3528},
                    Coding{"L24", 48000, 2, 5760}));

TEST(MpegAudio, FramesOfAPacketFollowOnEachOther) {
  const RtpTrackConfig config = configOf("MPA", 90000);
  RtpFeed feed(config);
  feed.send(9000, join({hex("00000000"), kMp3, kMp3}), true);
  ASSERT_EQ(feed.units.size(), 2u);
  EXPECT_EQ(feed.units[0].payload, kMp3);
  EXPECT_EQ(feed.units[1].timestamp, 9000u + 2160);
  const auto& parameters = std::get<MpegAudioParameters>(feed.parameters.at(0));
  EXPECT_EQ(parameters.sampleRateHz, 48000u);
  EXPECT_EQ(parameters.channels, 2u);
  EXPECT_EQ(unitDuration(parameters, kMp3), Micros{24'000});
  EXPECT_EQ(fmp4::codecs(trackOf(config, parameters)), "mp4a.40.34");
}

TEST(MpegAudio, AFrameInPiecesIsPutTogetherUnlessOneIsLost) {
  RtpFeed feed(configOf("MPA", 90000));
  const ByteView whole = kMp3;
  const Bytes first(whole.begin(), whole.begin() + 200);
  const Bytes rest(whole.begin() + 200, whole.end());
  feed.send(0, join({hex("00000000"), first}));
  feed.send(0, join({hex("000000c8"), rest}), true);
  feed.send(2160, join({hex("00000000"), first}));
  feed.lose();
  feed.send(2160, join({hex("000000c8"), rest}), true);
  feed.send(4320, join({hex("00000000"), kMp3}), true);
  ASSERT_EQ(feed.units.size(), 2u);
  EXPECT_EQ(feed.units[0].payload, kMp3);
  EXPECT_EQ(feed.units[1].timestamp, 4320u);
}

TEST(MpegAudio, ItsHeaderTellsRateAndChannels) {
  const auto mono = parseMpegAudio(kMono);
  ASSERT_TRUE(mono);
  EXPECT_EQ(mono->bytes, 192u);
  const auto& parameters = std::get<MpegAudioParameters>(mono->parameters);
  EXPECT_EQ(parameters.sampleRateHz, 24000u);
  EXPECT_EQ(parameters.channels, 1u);
  EXPECT_EQ(parameters.samplesPerFrame, 576u);
  for (const char* wrong : {"fffb", "fffb0400", "fffbf400", "fffb9c00", "ffe99400", "00fb9400"})
    EXPECT_FALSE(parseMpegAudio(hex(wrong))) << wrong;
}

TEST(Ac3, FramesTellWhatADecoderNeeds) {
  const RtpTrackConfig config = configOf("AC3", 48000, 2);
  RtpFeed feed(config);
  feed.send(0, join({hex("0001"), kAc3}), true);
  ASSERT_EQ(feed.units.size(), 1u);
  EXPECT_EQ(feed.units[0].payload, kAc3);
  const auto& parameters = std::get<Ac3Parameters>(feed.parameters.at(0));
  EXPECT_EQ(parameters.channels, 2u);
  EXPECT_EQ(unitDuration(parameters, kAc3), Micros{32'000});
  EXPECT_EQ(fmp4::codecs(trackOf(config, parameters)), "ac-3");
  EXPECT_FALSE(parseAc3(frameOf(hex("0b77 0000 d4 40 40 00"), 768)));
  EXPECT_FALSE(parseAc3(frameOf(hex("0b77 0000 14 80 40 00"), 768)));
}

struct RoundTrip {
  const char* codec;
  uint32_t clockRateHz;
  Bytes unit;
};

class AudioRoundTrips : public testing::TestWithParam<RoundTrip> {};

TEST_P(AudioRoundTrips, GiveTheUnitBack) {
  const auto& [codec, clockRateHz, unit] = GetParam();
  const RtpTrackConfig config = configOf(codec, clockRateHz, 2);
  for (const size_t maxBytes : {100u, 385u, 1428u}) {
    RtpFeed first(config);
    if (std::string_view(codec) == "MPA") first.send(0, join({hex("00000000"), unit}));
    if (std::string_view(codec) == "AC3") first.send(0, join({hex("0001"), unit}));
    const auto packetizer = makePacketizer(trackOf(config, first.parameters.at(0)));
    Frame frame;
    frame.payload = unit;
    PayloadList list;
    packetizer->packetize(frame, maxBytes, list);
    RtpFeed feed(config);
    for (size_t packet = 0; packet < list.size(); ++packet) {
      Bytes payload;
      list.write(packet, payload);
      feed.send(960, payload, list.isMarked(packet));
    }
    ASSERT_EQ(feed.units.size(), 1u) << maxBytes;
    EXPECT_EQ(feed.units[0].payload, unit);
    EXPECT_EQ(feed.units[0].timestamp, 960u);
  }
}

INSTANTIATE_TEST_SUITE_P(Units, AudioRoundTrips,
                         testing::Values(RoundTrip{"OPUS", 48000, hex("f8010203")},
                                         RoundTrip{"PCMU", 8000, Bytes(320, 0x7f)},
                                         RoundTrip{"L16", 44100, Bytes(3528, 1)},
                                         RoundTrip{"MPA", 90000, kMp3},
                                         RoundTrip{"AC3", 48000, kAc3}),
                         [](const auto& test) { return std::string(test.param.codec); });

}  // namespace
}  // namespace core
