#include "core/whole_packets.hpp"
#include "listener.hpp"

#include <gtest/gtest.h>

#include <future>

namespace io {
namespace {

using core::Micros;

// A path with pictures and G.711, and what browsers get of it.
class PlayableStreamTest : public testing::Test {
 protected:
  PlayableStreamTest() {
    hub_.hold();
    stream_ = hub_.openStream(listener_.owner, {"domain", "cam", 1'000'000, Micros{1'000'000}});
    hub_.registerPipeline(listener_.owner, kPipeline, "domain", "cam");
    publisher_ = hub_.publish(kPipeline, "cam");
    begin("PCMU");
    push(0, Micros{0});
    listener_.wait<EpochBegan>(stream_);
    playable_ = hub_.openPlayable(listener_.owner, stream_);
    remake_ = listener_.wait<Remake>(playable_);
  }
  ~PlayableStreamTest() override {
    for (const Id id : {playable_, stream_}) {
      hub_.close(id);
      listener_.wait<Closed>(id);
    }
    hub_.unregisterPipeline(kPipeline);
    hub_.letGo();
  }

  void begin(const char* codec) {
    publisher_->begin({{core::Kind::video, "H264", 90000, core::H264Parameters{}},
                       {core::Kind::audio, codec, 8000, core::pcmOf(codec, 8000, 1).value()}});
  }
  void push(uint8_t track, Micros pts) {
    RawUnit unit;
    unit.track = track;
    unit.key = true;
    unit.dts = unit.pts = pts;
    unit.payload = core::Bytes(160);
    ASSERT_TRUE(publisher_->push(std::move(unit)));
  }
  // The next frame of a stream.
  core::FrameRef read(Id stream) {
    auto taker = hub_.want(kPipeline, "any", {});
    const Id request = listener_.waitForAny<Wanted>();
    const Id output = hub_.openQueue(listener_.owner, stream, request);
    Subscription::Item item;
    while (taker->next(item) && !item.frame) continue;
    hub_.close(output);
    return item.frame;
  }

  static constexpr Id kPipeline = 1000;
  Hub& hub_ = Hub::instance();
  Listener listener_;
  std::shared_ptr<Publisher> publisher_;
  Id stream_ = 0;
  Id playable_ = 0;
  Remake remake_;
};

TEST_F(PlayableStreamTest, TellsWhichTracksNeedAPipeline) {
  ASSERT_EQ(remake_.tracks.size(), 1u);
  EXPECT_EQ(remake_.tracks[0].track, 1);
  EXPECT_EQ(remake_.tracks[0].codec, "PCMU");
  EXPECT_NE(hub_.findSound(playable_, {remake_.epoch, 1}), nullptr);
  EXPECT_EQ(hub_.findSound(playable_, {remake_.epoch, 0}), nullptr);
  EXPECT_EQ(hub_.findSound(stream_, {remake_.epoch, 1}), nullptr);
}

TEST_F(PlayableStreamTest, HasTheVeryPicturesOfItsParent) {
  EXPECT_EQ(read(playable_), read(stream_));
}

TEST_F(PlayableStreamTest, GivesSoundAsItWasAtTheTimeItWasTaken) {
  const SoundRef sound = hub_.findSound(playable_, {remake_.epoch, 1});
  std::promise<core::FrameRef> promise;
  push(1, Micros{20'000});
  sound->connect([&](const core::FrameRef& frame) { promise.set_value(frame); });
  const core::FrameRef from = promise.get_future().get();
  sound->disconnect();
  auto taker = hub_.want(kPipeline, "any", {});
  const Id output = hub_.openQueue(listener_.owner, playable_, listener_.waitForAny<Wanted>());
  sound->give(from->pts + Micros{5'000}, core::Bytes{0xff, 0xf8});
  Subscription::Item item;
  while (taker->next(item) && !(item.frame && item.frame->track == 1)) continue;
  EXPECT_EQ(item.frame->epoch, from->epoch);
  EXPECT_EQ(item.frame->pts, from->pts + Micros{5'000});
  EXPECT_EQ(item.frame->capture, from->capture + Micros{5'000});
  EXPECT_EQ(item.frame->duration, Micros{64'000});
  hub_.close(output);
  listener_.wait<Closed>(output);
}

TEST_F(PlayableStreamTest, ForgetsTheSoundOfAnEpochThatIsOver) {
  const SoundRef sound = hub_.findSound(playable_, {remake_.epoch, 1});
  begin("PCMA");
  push(0, Micros{1'000'000});
  listener_.wait<Remake>(playable_, 1);
  EXPECT_EQ(hub_.findSound(playable_, {remake_.epoch, 1}), nullptr);
  EXPECT_NE(hub_.findSound(playable_, {remake_.epoch + 1, 1}), nullptr);
  sound->give(Micros{1'000'000}, core::Bytes{0xff, 0xf8});
  EXPECT_EQ(read(playable_)->track, 0);
}

TEST_F(PlayableStreamTest, OfAStreamThatIsNotThereIsClosedAtOnce) {
  const Id id = hub_.openPlayable(listener_.owner, 4711);
  listener_.wait<Closed>(id);
}

}  // namespace
}  // namespace io
