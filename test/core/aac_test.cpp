#include "core/aac.hpp"

#include "core/bit_writer.hpp"
#include "core/hex.hpp"
#include "core/rtp_feed.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

struct Known {
  const char* name;
  const char* config;
  uint8_t objectType;
  uint32_t rate, outputRate;
  uint8_t channels;
  uint16_t samples;
  bool ps;
};

class KnownConfig : public testing::TestWithParam<Known> {};

TEST_P(KnownConfig, SaysWhatItMeans) {
  const Known& known = GetParam();
  const auto config = aac::parseAudioConfig(hex(known.config));
  ASSERT_TRUE(config) << config.reason().text;
  EXPECT_EQ(config->objectType, known.objectType);
  EXPECT_EQ(config->sampleRateHz, known.rate);
  EXPECT_EQ(config->outputSampleRateHz, known.outputRate);
  EXPECT_EQ(config->channels, known.channels);
  EXPECT_EQ(config->samplesPerFrame, known.samples);
  EXPECT_EQ(config->ps, known.ps);
}

INSTANTIATE_TEST_SUITE_P(
    Configs, KnownConfig,
    testing::Values(Known{"lc48kStereo", "1190", 2, 48000, 48000, 2, 1024, false},
                    Known{"lc8kMono", "1588", 2, 8000, 8000, 1, 1024, false},
                    Known{"lc16kMonoOfCameras", "1408", 2, 16000, 16000, 1, 1024, false},
                    Known{"lc44k51", "1230", 2, 44100, 44100, 6, 1024, false},
                    Known{"lcSevenPointOne", "11b8", 2, 48000, 48000, 8, 1024, false},
                    Known{"mainProfile", "0a10", 1, 44100, 44100, 2, 1024, false},
                    Known{"frameOf960", "1194", 2, 48000, 48000, 2, 960, false},
                    Known{"rateSpelledOut", "178025b188", 2, 19299, 19299, 1, 1024, false},
                    Known{"sbrAnnouncedFirst", "2b920800", 2, 22050, 44100, 2, 1024, false},
                    Known{"psAnnouncedFirst", "eb8a0800", 2, 22050, 44100, 1, 1024, true},
                    Known{"sbrBehindTheCore", "131056e598", 2, 24000, 48000, 2, 1024, false},
                    Known{"psBehindTheCore", "130856e59d4880", 2, 24000, 48000, 1, 1024, true},
                    Known{"noSbrBehindTheCore", "119056e500", 2, 48000, 48000, 2, 1024, false},
                    Known{"lowDelay", "b98800", 23, 48000, 48000, 1, 512, false},
                    Known{"trailingZeros", "11900000000000", 2, 48000, 48000, 2, 1024, false}),
    [](const auto& test) { return test.param.name; });

TEST(AudioConfig, CountsTheChannelsOfAProgramConfig) {
  BitWriter out;
  out.bits(2, 5).bits(3, 4).bits(0, 4).bits(0, 3);
  out.bits(0, 4).bits(1, 2).bits(3, 4);  // tag, object type, rate
  out.bits(2, 4).bits(0, 4).bits(1, 4).bits(1, 2).bits(0, 3).bits(0, 4);  // front, side, back, LFE
  out.bits(0, 3);  // no mixdowns
  out.bits(0, 5).bits(1, 1).bits(1, 4).bits(1, 1).bits(2, 4);
  const auto config = aac::parseAudioConfig(out.bits(0, 16).take());
  ASSERT_TRUE(config) << config.reason().text;
  EXPECT_EQ(config->channels, 1 + 2 + 2 + 1);
}

TEST(AudioConfig, IsRefusedWithTheReason) {
  struct Row {
    const char* config;
    const char* reason;
  };
  const Row table[] = {
      {"", "audio configuration is cut short"},
      {"11", "audio configuration is cut short"},
      {"1780", "audio configuration is cut short"},
      {"0000", "audio object type is not AAC"},
      {"f85000", "audio object type is not AAC"},
      {"1690", "no sample rate"},
      {"1780000000", "no sample rate"},
      {"11c8", "no channels"},
      {"1180", "audio configuration is cut short"},
  };
  for (const Row& row : table) {
    const auto config = aac::parseAudioConfig(hex(row.config));
    ASSERT_FALSE(config) << row.config;
    EXPECT_EQ(config.reason().text, row.reason) << row.config;
  }
}

TEST(Adts, SaysTheSameAsAConfig) {
  const auto header = aac::parseAdts(hex("fff14c8002bffc 0000"));
  ASSERT_TRUE(header);
  EXPECT_EQ(Bytes(header->config.begin(), header->config.end()), hex("1190"));
  EXPECT_EQ(header->headerSize, 7u);
  EXPECT_EQ(header->frameSize, 21u);
  EXPECT_EQ(aac::parseAdts(hex("fff04c8002bffc 0000"))->headerSize, 9u);
}

TEST(Adts, IsNotFoundWhereThereIsNone) {
  for (const char* bytes : {"", "fff14c8002bf", "fff34c8002bffc", "ffe14c8002bffc",
                            "fff1748002bffc", "fff14c8002bffd", "fff14c8000fffc"})
    EXPECT_FALSE(aac::parseAdts(hex(bytes))) << bytes;
}

RtpTrackConfig hbr(const char* config = "1190") {
  RtpTrackConfig track;
  track.kind = Kind::audio;
  track.codec = "MPEG4-GENERIC";
  track.clockRateHz = 48000;
  track.config = hex(config);
  return track;
}

RtpTrackConfig lbr() {
  RtpTrackConfig track = hbr();
  track.sizeLength = 6;
  track.indexLength = 2;
  track.indexDeltaLength = 2;
  return track;
}

Bytes adts(const Bytes& unit) {
  const size_t size = unit.size() + 7;
  return join({{0xff, 0xf1, 0x4c, static_cast<uint8_t>(0x80 | size >> 11),
                static_cast<uint8_t>(size >> 3), static_cast<uint8_t>(size << 5 | 0x1f), 0xfc},
               unit});
}

const Bytes kFirst = hex("2101 0203 0405");
const Bytes kSecond = hex("2111 1213");

// AU headers of AAC-hbr: 13 bits of size, 3 of index.
Bytes packetOf(std::initializer_list<Bytes> units) {
  Bytes packet{0, static_cast<uint8_t>(units.size() * 16)};
  for (const Bytes& unit : units)
    packet = join(
        {packet, {static_cast<uint8_t>(unit.size() >> 5), static_cast<uint8_t>(unit.size() << 3)}});
  for (const Bytes& unit : units) packet = join({packet, unit});
  return packet;
}

std::vector<Bytes> payloadsOf(const RtpFeed& feed) {
  std::vector<Bytes> payloads;
  for (const AccessUnit& unit : feed.units) payloads.push_back(unit.payload);
  return payloads;
}

std::vector<uint32_t> timesOf(const RtpFeed& feed) {
  std::vector<uint32_t> times;
  for (const AccessUnit& unit : feed.units) times.push_back(unit.timestamp);
  return times;
}

struct Form {
  const char* name;
  RtpTrackConfig track;
  std::vector<Bytes> packets;  // of one timestamp
  std::vector<Bytes> units;
};

class AacForm : public testing::TestWithParam<Form> {};

TEST_P(AacForm, GivesEveryUnitOnce) {
  RtpFeed feed(GetParam().track);
  for (size_t i = 0; i < GetParam().packets.size(); ++i)
    feed.send(5000, GetParam().packets[i], i + 1 == GetParam().packets.size());
  EXPECT_EQ(payloadsOf(feed), GetParam().units);
  ASSERT_EQ(feed.parameters.size(), 1u);
  EXPECT_EQ(std::get<AacParameters>(feed.parameters[0]).sampleRateHz, 48000u);
  for (size_t i = 0; i < feed.units.size(); ++i) {
    EXPECT_TRUE(feed.units[i].key);
    EXPECT_EQ(feed.units[i].timestamp, 5000 + 1024 * i);
  }
}

RtpTrackConfig withoutHeaders() {
  RtpTrackConfig track = hbr();
  track.sizeLength = 0;
  return track;
}

INSTANTIATE_TEST_SUITE_P(
    Forms, AacForm,
    testing::Values(
        Form{"one", hbr(), {packetOf({kFirst})}, {kFirst}},
        Form{"several", hbr(), {packetOf({kFirst, kSecond, kFirst})}, {kFirst, kSecond, kFirst}},
        Form{"trailingJunk", hbr(), {join({packetOf({kFirst}), hex("ffff")})}, {kFirst}},
        Form{"fragments",
             hbr(),
             {join({hex("0010 0030"), hex("2101")}), join({hex("0010 0030"), hex("0203")}),
              join({hex("0010 0030"), hex("0405")})},
             {kFirst}},
        Form{"lowRate", lbr(), {join({hex("0010 18 10"), kFirst, kSecond})}, {kFirst, kSecond}},
        Form{"withoutHeaders", withoutHeaders(), {kFirst}, {kFirst}},
        Form{"withoutHeadersInPieces", withoutHeaders(), {hex("2101"), hex("02030405")}, {kFirst}},
        Form{"adtsBehindHeaders", hbr(), {packetOf({adts(kFirst)})}, {kFirst}},
        Form{"adtsInsteadOfHeaders",
             hbr(),
             {join({adts(kFirst), adts(kSecond)})},
             {kFirst, kSecond}},
        Form{"adtsTellsTheConfig",
             hbr(""),
             {join({adts(kFirst), adts(kSecond)})},
             {kFirst, kSecond}},
        Form{"adtsBehindHeadersTellsTheConfig", hbr(""), {packetOf({adts(kFirst)})}, {kFirst}},
        Form{
            "nothing", hbr(), {{}, hex("00"), hex("0010"), hex("00100030"), hex("fff8 2101")}, {}}),
    [](const auto& test) { return test.param.name; });

TEST(Aac, PutsAnAdtsFrameTogether) {
  RtpFeed feed(hbr(""));
  const Bytes frame = adts(Bytes(500, 0x21));
  feed.send(0, Bytes(frame.begin(), frame.begin() + 200));
  feed.send(0, Bytes(frame.begin() + 200, frame.begin() + 400));
  feed.send(0, Bytes(frame.begin() + 400, frame.end()), true);
  EXPECT_EQ(payloadsOf(feed), std::vector<Bytes>{Bytes(500, 0x21)});
}

TEST(Aac, DropsAUnitThatLostAPiece) {
  for (int lost = 0; lost < 3; ++lost) {
    RtpFeed feed(hbr());
    const Bytes pieces[] = {hex("0010 0030 2101"), hex("0010 0030 0203"), hex("0010 0030 0405")};
    for (int i = 0; i < 3; ++i) {
      if (i == lost)
        feed.lose();
      else
        feed.send(0, pieces[i], i == 2);
    }
    feed.send(1024, packetOf({kSecond}), true);
    EXPECT_EQ(payloadsOf(feed), std::vector<Bytes>{kSecond}) << lost;
  }
}

TEST(Aac, CountsTimeInTheRateOfTheRtpClock) {
  RtpTrackConfig track = hbr("131056e598");
  RtpFeed feed(track);
  feed.send(0xfffffc00, packetOf({kFirst, kSecond, kFirst}), true);
  EXPECT_EQ(timesOf(feed), (std::vector<uint32_t>{0xfffffc00, 0x400, 0xc00}));
}

TEST(Aac, DropsUnitsWhenNobodySaysWhatTheyAre) {
  RtpFeed feed(hbr(""));
  feed.send(0, packetOf({kFirst}), true);
  EXPECT_TRUE(feed.units.empty());
  EXPECT_TRUE(feed.parameters.empty());
}

TEST(Opaque, JoinsThePayloadsOfOneTimestamp) {
  RtpTrackConfig track;
  track.codec = "VND.ONVIF.METADATA";
  RtpFeed feed(track);
  feed.send(1, hex("aa"));
  feed.send(1, hex("bb"), true);
  feed.send(2, hex("cc"));
  feed.send(3, hex("dd"));
  feed.lose();
  feed.send(3, hex("ee"), true);
  EXPECT_EQ(payloadsOf(feed), (std::vector<Bytes>{hex("aabb"), hex("cc"), hex("ddee")}));
  EXPECT_TRUE(feed.units[2].damaged);
  EXPECT_TRUE(feed.parameters.empty());
}

TEST(Opaque, BoundsAUnit) {
  RtpFeed feed(RtpTrackConfig{});
  for (int i = 0; i < 30; ++i) feed.send(1, Bytes(60'000, 1));
  feed.send(2, hex("aa"), true);
  ASSERT_EQ(feed.units.size(), 2u);
  EXPECT_LE(feed.units[0].payload.size(), 1'000'000u);
  EXPECT_TRUE(feed.units[0].damaged);
}

}  // namespace
}  // namespace core
