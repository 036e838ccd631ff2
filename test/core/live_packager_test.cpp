#include "core/live_packager.hpp"

#include "core/mp4_reader.hpp"
#include "core/synthetic.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace core {
namespace {

// A message as a viewer reads it, by the text of the protocol and not by our writer.
struct Told {
  int type = 0, flags = 0, track = 0;
  uint32_t sequence = 0;
  int64_t presentationMs = 0, captureMs = 0;
  Bytes payload;
};

struct Frame6455 {
  size_t headBytes = 0, bytes = 0;
};

// RFC 6455 section 5.2.
Frame6455 readFrame(ByteView bytes) {
  EXPECT_EQ(bytes[0], 0x82);
  const size_t length = bytes[1];
  if (length < 126) return {2, length};
  if (length == 126) return {4, mp4::number(bytes, 2, 2)};
  return {10, mp4::number(bytes, 2, 8)};
}

Told readMessage(ByteView bytes) {
  Told told{bytes[0], bytes[1], bytes[2], read32(bytes, 4), 0, 0, {}};
  told.presentationMs = static_cast<int64_t>(mp4::number(bytes, 8, 8)) / 1000;
  told.captureMs = static_cast<int64_t>(mp4::number(bytes, 16, 8)) / 1000;
  told.payload.assign(bytes.begin() + 24, bytes.end());
  return told;
}

std::vector<Told> messagesOf(ByteView block) {
  std::vector<Told> messages;
  while (!block.empty()) {
    const Frame6455 frame = readFrame(block);
    messages.push_back(readMessage(block.subspan(frame.headBytes, frame.bytes)));
    block = block.subspan(frame.headBytes + frame.bytes);
  }
  return messages;
}

struct InitSection {
  std::string mime;
  Bytes section;
};

InitSection readInit(const Told& told) {
  const size_t length = read16(told.payload, 0);
  const auto mime = told.payload.begin() + 2;
  const auto section = mime + static_cast<ptrdiff_t>(length);
  return {std::string(mime, section), Bytes(section, told.payload.end())};
}

// A packager, and all it has said.
struct LiveRecorder {
  explicit LiveRecorder(std::vector<uint8_t> tracks)
      : packager({std::move(tracks)},
                 {[this](const RtpBlock& block) { blocks.push_back(block); }, [this] { ++ends; }}) {
  }
  LiveRecorder(const LiveRecorder&) = delete;

  void epoch(std::vector<Track> tracks) {
    packager.epoch(synthetic::epoch(++epochs, std::move(tracks)));
  }
  void push(core::Frame frame) {
    frame.epoch = epochs;
    packager.frame(synthetic::share(std::move(frame)));
  }
  void video(int64_t ms, bool key, size_t size = 100) {
    push(synthetic::frame(0, key, {Micros{ms * 1000}}, size));
  }
  void audio(int64_t ms) { push(synthetic::frame(1, true, {Micros{ms * 1000}}, 20)); }
  std::vector<Told> told(size_t block) const { return messagesOf(blocks.at(block).bytes->bytes()); }

  std::vector<RtpBlock> blocks;
  int ends = 0;
  uint32_t epochs = 0;
  LivePackager packager;
};

std::vector<Track> both() { return {synthetic::videoTrack(), synthetic::audioTrack()}; }

TEST(LivePackager, BeginsAKeyFrameWithAnInitSectionForEachTrack) {
  LiveRecorder live({0, 1});
  live.epoch(both());
  live.video(40, true);
  const std::vector<Told> told = live.told(0);
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(told[0].type, 1);
  EXPECT_EQ(readInit(told[0]).mime, "video/mp4; codecs=\"avc1.64000d\"");
  EXPECT_EQ(told[1].track, 1);
  EXPECT_EQ(readInit(told[1]).mime, "audio/mp4; codecs=\"mp4a.40.2\"");
  const Bytes section = readInit(told[1]).section;
  EXPECT_EQ(mp4::find(section, "moov/trak").size(), 1u);
  EXPECT_EQ(told[2].type, 2);
  EXPECT_EQ(told[2].flags, 1);
  EXPECT_EQ(told[2].presentationMs, 40);
  EXPECT_EQ(told[2].captureMs, 1'000'040);
  EXPECT_TRUE(live.blocks[0].key);
  EXPECT_EQ(live.blocks[0].packets, 3u);
}

TEST(LivePackager, SendsAPictureAtOnceAndTheSoundSinceTheLastOneBehindIt) {
  LiveRecorder live({0, 1});
  live.epoch(both());
  live.video(0, true);
  live.audio(10);
  live.audio(31);
  live.video(40, false);
  ASSERT_EQ(live.blocks.size(), 2u);
  const std::vector<Told> told = live.told(1);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].track, 0);
  EXPECT_EQ(told[0].flags, 0);
  EXPECT_EQ(told[1].track, 1);
  EXPECT_EQ(told[1].presentationMs, 10);
  EXPECT_EQ(told[1].sequence, told[0].sequence + 1);
  const Bytes init = readInit(live.told(0)[1]).section;
  const auto fragments = mp4::readFragments(init, told[1].payload);
  ASSERT_TRUE(fragments);
  ASSERT_EQ(fragments->size(), 1u);
  EXPECT_EQ((*fragments)[0].samples.size(), 2u);
  EXPECT_FALSE(live.blocks[1].key);
}

TEST(LivePackager, LetsSoundWaitNoLongerThanSixtyMilliseconds) {
  LiveRecorder live({0, 1});
  live.epoch(both());
  live.video(0, true);
  for (const int64_t ms : {10, 31, 52, 73}) live.audio(ms);
  ASSERT_EQ(live.blocks.size(), 2u);
  EXPECT_FALSE(live.blocks[1].hasVideo);
  EXPECT_FALSE(live.blocks[1].key);
}

TEST(LivePackager, GivesPicturesOfAnySizeTheirLength) {
  LiveRecorder live({0});
  live.epoch(both());
  live.video(0, true, 1);
  live.video(40, false, 70'000);
  const std::vector<Told> told = live.told(1);
  ASSERT_EQ(told.size(), 1u);
  const auto fragments = mp4::readFragments(readInit(live.told(0)[0]).section, told[0].payload);
  ASSERT_TRUE(fragments);
  EXPECT_EQ((*fragments)[0].samples[0].payload.size(), 70'000u);
  EXPECT_EQ((*fragments)[0].samples[0].duration, 90'000u);
}

TEST(LivePackager, KeepsToTheTracksThatWereChosen) {
  LiveRecorder live({0});
  live.epoch(both());
  live.video(0, true);
  live.audio(10);
  live.video(40, false);
  EXPECT_EQ(live.told(0).size(), 2u);
  EXPECT_EQ(live.told(1).size(), 1u);
}

TEST(LivePackager, CanBeginOnceASecondWithoutPictures) {
  LiveRecorder live({1});
  live.epoch(both());
  for (int64_t ms = 0; ms < 2'500; ms += 20) live.audio(ms);
  std::vector<int64_t> keys;
  for (size_t i = 0; i < live.blocks.size(); ++i)
    if (live.blocks[i].key) keys.push_back(live.told(i).back().presentationMs);
  EXPECT_EQ(keys.size(), 3u);
  EXPECT_EQ(live.packager.ring().front().key, true);
}

TEST(LivePackager, LeavesDamagedPicturesOut) {
  LiveRecorder live({0});
  live.epoch(both());
  live.video(0, true);
  core::Frame broken = synthetic::frame(0, false, {Micros{40'000}});
  broken.damaged = true;
  live.push(std::move(broken));
  EXPECT_EQ(live.blocks.size(), 1u);
}

TEST(LivePackager, TellsANewEpochByItsInitSections) {
  LiveRecorder live({0});
  live.epoch(both());
  live.video(0, true);
  std::vector<Track> larger = both();
  std::get<H264Parameters>(larger[0].parameters).width = 640;
  live.epoch(larger);
  live.video(40, true);
  EXPECT_NE(readInit(live.told(1)[0]).section, readInit(live.told(0)[0]).section);
  EXPECT_EQ(live.packager.ring().size(), 1u);
}

TEST(LivePackager, EndsWhereATrackBecomesNoneThatFmp4Carries) {
  LiveRecorder live({0, 1});
  live.epoch(both());
  live.video(0, true);
  live.audio(10);
  live.epoch({synthetic::videoTrack(), synthetic::opaqueTrack()});
  EXPECT_EQ(live.ends, 1);
  EXPECT_EQ(live.blocks.size(), 2u);
  live.video(40, true);
  live.packager.ended();
  EXPECT_EQ(live.ends, 1);
  EXPECT_EQ(live.blocks.size(), 2u);
}

}  // namespace
}  // namespace core
