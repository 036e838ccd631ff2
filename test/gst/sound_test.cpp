#include "reading.hpp"
#include "server.hpp"

#include "core/flac.hpp"
#include "core/whole_packets.hpp"

namespace {

using core::Micros;
using test::readFrames;
using test::Server;

constexpr Micros kPacket{20'000};
constexpr Micros kFirst{1'000'000};  // at which media time begins

core::Track pcmTrack(const std::string& codec, uint32_t clockRateHz) {
  return {core::Kind::audio, codec, clockRateHz, core::pcmOf(codec, clockRateHz, 1).value()};
}

// A path whose only track is sound that is published by the test.
class Sound : public testing::Test {
 protected:
  void publish(const core::Track& track) {
    stream_ = server_.openStream("cam");
    publisher_ = Server::hub().publish(server_.registerPipeline(), "cam");
    publisher_->begin({track});
  }
  // So many packets of 20 ms.
  void push(int count, size_t bytes) {
    for (; count > 0; --count, next_ += kPacket) {
      io::RawUnit unit;
      unit.key = true;
      unit.dts = unit.pts = next_;
      unit.duration = kPacket;
      unit.payload = core::Bytes(bytes, 0xd5);
      ASSERT_TRUE(publisher_->push(std::move(unit)));
    }
  }
  // What a browser gets of it.
  io::Id remake() {
    EXPECT_TRUE(server_.await<io::EpochBegan>(stream_));
    const io::Id playable = server_.openPlayable(stream_);
    const auto remake = server_.await<io::Remake>(playable);
    EXPECT_TRUE(remake && remake->tracks.size() == 1);
    pipeline_ = server_.start(pipelines::SoundSpec{playable, remake->epoch, 0});
    EXPECT_TRUE(server_.await<io::StateChanged>(pipeline_));
    return playable;
  }

  Server server_;
  io::Id stream_ = 0;
  io::Id pipeline_ = 0;
  std::shared_ptr<io::Publisher> publisher_;
  Micros next_{0};
};

struct Codec {
  const char* name;
  uint32_t clockRateHz;
  size_t bytes;  // of 20 ms
};

TEST_F(Sound, OfEveryKindOfSamplesBecomesFlacAtItsOwnTimes) {
  const Codec codecs[]{{"PCMU", 8000, 160},    {"PCMA", 8000, 160},        {"G722", 8000, 160},
                       {"G726-16", 8000, 40},  {"G726-24", 8000, 60},      {"G726-32", 8000, 80},
                       {"G726-40", 8000, 100}, {"AAL2-G726-32", 8000, 80}, {"L8", 8000, 160},
                       {"L16", 16000, 640},    {"L24", 48000, 2880}};
  for (const auto& [name, clockRateHz, bytes] : codecs) {
    next_ = Micros{0};
    publish(pcmTrack(name, clockRateHz));
    push(1, bytes);
    const io::Id playable = remake();
    const auto reader = server_.read(playable);
    push(30, bytes);
    const auto frames = readFrames(*reader, 0, 4);
    ASSERT_EQ(frames.size(), 4U) << name;
    const Micros length = frames[1]->pts - frames[0]->pts;
    EXPECT_LE(length, Micros{64'000}) << name;
    for (size_t i = 0; i < frames.size(); ++i) {
      EXPECT_TRUE(core::flac::isFrame(frames[i]->payload)) << name;
      // A microsecond for each rounding.
      EXPECT_NEAR((frames[i]->pts - frames[0]->pts - length * i).count(), 0, 4) << name;
    }
    server_.stop(pipeline_);
    server_.closeStream(playable);
    server_.closeStream(stream_);
  }
}

TEST_F(Sound, KeepsItsPlaceWhereSomeIsMissing) {
  publish(pcmTrack("PCMA", 8000));
  push(1, 160);
  const io::Id playable = remake();
  const auto reader = server_.read(playable);
  push(30, 160);
  next_ += Micros{500'000};
  push(30, 160);
  // 61 packets of 160 samples fill 19 blocks of 512, and leave 32 samples.
  const auto frames = readFrames(*reader, 0, 19);
  ASSERT_EQ(frames.size(), 19U);
  const Micros end = frames.back()->pts + Micros{64'000};
  EXPECT_NEAR((end - (kFirst + next_ - Micros{4'000})).count(), 0, 100);
}

TEST_F(Sound, OfAnEpochThatIsOverIsNotMade) {
  publish(pcmTrack("PCMU", 8000));
  push(1, 160);
  remake();
  const io::Id late = server_.start(pipelines::SoundSpec{stream_, 7, 0});
  ASSERT_TRUE(server_.await<io::Stopped>(late));
  EXPECT_EQ(server_.await<io::Failed>(late)->message, "The sound is not wanted any more");
}

}  // namespace
