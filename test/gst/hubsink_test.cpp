#include "reading.hpp"
#include "server.hpp"

#include "core/av1.hpp"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace {

using test::readFrames;
using test::readUntil;
using test::Server;

pipelines::TestSpec testSpec(bool audio) { return {"cam", 160, 120, 25, 10, audio, 200'000}; }

TEST(TestRecipe, PublishesAPictureAndATone) {
  Server server;
  const io::Id stream = server.openStream("cam");
  const io::Id id = server.start(testSpec(true));
  const auto began = server.await<io::EpochBegan>(stream);
  ASSERT_TRUE(began);
  const auto& tracks = began->epoch->tracks;
  ASSERT_EQ(tracks.size(), 2U);
  const auto& video = std::get<core::H264Parameters>(tracks[0].parameters);
  EXPECT_EQ(video.width, 160U);
  EXPECT_EQ(video.height, 120U);
  EXPECT_EQ(std::get<core::AacParameters>(tracks[1].parameters).sampleRateHz, 48000U);
  EXPECT_EQ(server.count<io::Failed>(id), 0U);
}

TEST(TestRecipe, HasAKeyFrameAtEveryGop) {
  Server server;
  const io::Id stream = server.openStream("cam");
  server.start(testSpec(false));
  const auto reader = server.read(stream);
  std::vector<bool> keys;
  readUntil(*reader, [&](const io::Subscription::Item& item) {
    if (item.frame) keys.push_back(item.frame->key);
    return keys.size() == 21;
  });
  for (size_t i = 0; i < keys.size(); ++i) EXPECT_EQ(keys[i], i % 10 == 0) << "frame " << i;
}

TEST(HubSink, IsRefusedWithoutAStream) {
  Server server;
  const io::Id id = server.launch("videotestsrc ! x264enc ! hubsink", false, "nobody");
  ASSERT_TRUE(server.await<io::Stopped>(id));
  EXPECT_NE(server.await<io::Failed>(id)->message.find("nobody"), std::string::npos);
}

TEST(HubSink, PublishesUnderTheDefaultPath) {
  Server server;
  const io::Id stream = server.openStream("cam");
  server.start(
      pipelines::LaunchSpec{"videotestsrc is-live=true ! x264enc ! hubsink", false, "cam"});
  EXPECT_TRUE(server.await<io::EpochBegan>(stream));
}

TEST(HubSink, PostsTheEndOfStreamWhenAllPadsHaveIt) {
  Server server;
  const io::Id stream = server.openStream("cam");
  const io::Id id = server.launch(
      "videotestsrc num-buffers=5 ! x264enc ! queue ! hubsink name=h path=cam sync=false "
      "audiotestsrc num-buffers=20 ! avenc_aac ! aacparse ! queue ! h.");
  ASSERT_TRUE(server.await<io::EndOfStream>(id));
  ASSERT_TRUE(server.await<io::Stopped>(id));
  EXPECT_EQ(server.await<io::EpochBegan>(stream)->epoch->tracks.size(), 2U);
}

TEST(HubSink, BeginsWithTheTracksItHasWhenOnePadStaysSilent) {
  Server server;
  const io::Id stream = server.openStream("cam");
  // The valve keeps caps and media of the second track back.
  server.launch(
      "videotestsrc is-live=true ! x264enc tune=zerolatency ! hubsink name=h path=cam "
      "audiotestsrc is-live=true ! valve drop=true drop-mode=drop-all ! avenc_aac ! aacparse ! h.");
  const auto began = server.await<io::EpochBegan>(stream);
  ASSERT_TRUE(began);
  ASSERT_EQ(began->epoch->tracks.size(), 1U);
  EXPECT_EQ(began->epoch->tracks[0].codec, "H264");
}

TEST(HubSink, CarriesOtherCodecsAsOpaqueTracks) {
  Server server;
  const io::Id stream = server.openStream("cam");
  server.launch("audiotestsrc is-live=true ! audioconvert ! vorbisenc ! hubsink path=cam");
  const auto began = server.await<io::EpochBegan>(stream);
  ASSERT_TRUE(began);
  EXPECT_EQ(began->epoch->tracks[0].codec, "VORBIS");
  EXPECT_TRUE(std::holds_alternative<core::OpaqueParameters>(began->epoch->tracks[0].parameters));
}

TEST(HubSink, LearnsFromTheFirstPictureWhatCapsOfAv1DoNotSay) {
  Server server;
  const io::Id stream = server.openStream("cam");
  server.launch(
      "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=25/1 ! "
      "av1enc cpu-used=8 usage-profile=realtime ! hubsink path=cam");
  const auto began = server.await<io::EpochBegan>(stream);
  ASSERT_TRUE(began);
  const auto& parameters = std::get<core::Av1Parameters>(began->epoch->tracks[0].parameters);
  EXPECT_EQ(parameters.width, 64U);
  EXPECT_EQ(parameters.frameRateNum, 25U);
  EXPECT_FALSE(parameters.sequenceHeader.empty());
  const auto frames = readFrames(*server.read(stream), 0, 2);
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_TRUE(core::av1::inspect(frames[0]->payload).key);
  EXPECT_NE(core::av1::parseObu(frames[1]->payload)->type, core::av1::kTemporalDelimiter);
}

TEST(HubSink, RunsUnsynchronisedSourcesInRealTime) {
  Server server;
  const io::Id stream = server.openStream("cam");
  server.launch(
      "videotestsrc num-buffers=20 ! video/x-raw,width=64,height=48,framerate=25/1 ! "
      "x264enc tune=zerolatency ! hubsink path=cam");
  const auto reader = server.read(stream);
  std::vector<core::FrameRef> frames;
  readUntil(*reader, [&](const io::Subscription::Item& item) {
    if (item.frame) frames.push_back(item.frame);
    return frames.size() == 20;
  });
  ASSERT_EQ(frames.size(), 20U);
  const auto passed = frames.back()->arrival - frames.front()->arrival;
  // Never sooner than its time; how much later is the machine's business.
  EXPECT_GE(passed, (frames.back()->dts - frames.front()->dts) * 9 / 10);
}

TEST(HubSink, LeavesOutWhatStandsInTheTrack) {
  Server server;
  const io::Id stream = server.openStream("cam");
  server.launch(
      "videotestsrc is-live=true ! x264enc tune=zerolatency aud=true key-int-max=2 ! "
      "h264parse config-interval=-1 ! hubsink path=cam");
  const auto reader = server.read(stream);
  core::FrameRef key;
  readUntil(*reader, [&](const io::Subscription::Item& item) {
    if (item.frame && item.frame->key) key = item.frame;
    return key != nullptr;
  });
  ASSERT_TRUE(key);
  const auto& bytes = key->payload;
  for (size_t at = 0; at + 4 < bytes.size();) {
    const size_t length = static_cast<size_t>(bytes[at]) << 24 | bytes[at + 1] << 16 |
                          bytes[at + 2] << 8 | bytes[at + 3];
    const int type = bytes[at + 4] & 0x1f;
    EXPECT_TRUE(type != 7 && type != 8 && type != 9) << "NAL unit type " << type;
    at += 4 + length;
  }
}

TEST(HubSink, BeginsANewEpochWhenCapsChange) {
  Server server;
  const io::Id stream = server.openStream("cam");
  const io::Id id = server.launch(
      "concat name=c ! x264enc tune=zerolatency ! hubsink path=cam "
      "videotestsrc num-buffers=5 ! video/x-raw,width=64,height=48,framerate=25/1 ! c. "
      "videotestsrc num-buffers=5 ! video/x-raw,width=96,height=64,framerate=25/1 ! c.");
  ASSERT_TRUE(server.await<io::EndOfStream>(id));
  const auto second = server.await<io::EpochBegan>(stream, 1);
  ASSERT_TRUE(second);
  EXPECT_EQ(std::get<core::H264Parameters>(second->epoch->tracks[0].parameters).width, 96U);
}

// Pauses on the way: nothing is published in PAUSED, and it goes on.
TEST(HubSink, WaitsInPaused) {
  Server server;
  const io::Id stream = server.openStream("cam");
  const io::Id id =
      server.launch("videotestsrc ! x264enc tune=zerolatency ! hubsink path=cam", true);
  ASSERT_TRUE(server.await<io::StateChanged>(id));
  EXPECT_EQ(server.hub().streamStats(stream)->frames, 0U);
  server.pipeline(id).play();
  EXPECT_TRUE(server.await<io::EpochBegan>(stream));
  server.pipeline(id).pause();
  ASSERT_TRUE(server.await<io::StateChanged>(id, 2));
  server.stop(id);
}

constexpr const char* kGuest =
    "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=25/1 ! "
    "x264enc tune=zerolatency key-int-max=5 ! queue ! hubsink name=h path=other "
    "audiotestsrc is-live=true ! avenc_aac ! aacparse ! queue ! h.";

TEST(HubSink, AsksBeforeItPublishesToAPathThatIsNotItsOwn) {
  Server server;
  const io::Id stream = server.openStream("other");
  const io::Id id = server.launch(kGuest);
  const auto [offer, offered] = server.awaitOffered();
  EXPECT_EQ(offered.path, "other");
  EXPECT_EQ(server.hub().streamStats(stream)->frames, 0U);
  server.hub().acceptOffer(offer, stream);
  const auto began = server.await<io::EpochBegan>(stream);
  ASSERT_TRUE(began);
  EXPECT_EQ(began->epoch->tracks.size(), 2U);
  server.stop(id);
  EXPECT_TRUE(server.await<io::Withdrawn>(offer));
  EXPECT_EQ(server.count<io::Failed>(id), 0U);
}

TEST(HubSink, FailsWithTheReasonWhenItIsRefused) {
  Server server;
  const io::Id id = server.launch(kGuest);
  server.hub().refuse(server.awaitOffered().first, "the path has a publisher");
  ASSERT_TRUE(server.await<io::Stopped>(id));
  EXPECT_EQ(server.await<io::Failed>(id)->message, "the path has a publisher");
}

TEST(HubSink, FailsWithTheReasonWhenItsPathIsTakenAway) {
  Server server;
  const io::Id stream = server.openStream("other");
  const io::Id id = server.launch(kGuest);
  const io::Id offer = server.awaitOffered().first;
  server.hub().acceptOffer(offer, stream);
  ASSERT_TRUE(server.await<io::EpochBegan>(stream));
  server.hub().refuse(offer, "somebody else publishes now");
  ASSERT_TRUE(server.await<io::Stopped>(id));
  EXPECT_EQ(server.await<io::Failed>(id)->message, "somebody else publishes now");
}

TEST(HubSink, GivesItsPlaceBackInPausedAndAsksAgain) {
  Server server;
  const io::Id stream = server.openStream("other");
  const io::Id id = server.launch(kGuest);
  server.hub().acceptOffer(server.awaitOffered().first, stream);
  ASSERT_TRUE(server.await<io::EpochBegan>(stream));
  server.pipeline(id).pause();
  ASSERT_TRUE(server.await<io::StateChanged>(id, 1));
  server.pipeline(id).play();
  const io::Id again = server.awaitOffered().first;
  ASSERT_TRUE(server.await<io::Withdrawn>(again));
  server.hub().acceptOffer(again, stream);
  EXPECT_TRUE(server.await<io::EpochBegan>(stream, 1));
  EXPECT_EQ(server.count<io::Failed>(id), 0U);
}

TEST(HubSink, StopsWhileItsOfferIsNotAnswered) {
  Server server;
  const io::Id id = server.launch(kGuest);
  const io::Id offer = server.awaitOffered().first;
  server.stop(id);
  EXPECT_TRUE(server.await<io::Withdrawn>(offer));
  server.hub().acceptOffer(offer, server.openStream("other"));
}

// Publishes noise as fast as it can, and calls `full` when more than an inbox holds has come to
// hubsink.
class Flood final : public gst::Recipe {
 public:
  explicit Flood(std::function<void()> full) : full_(std::move(full)) {}

  Built build(gst::Control&) override {
    gst::Element pipeline = gst::sink(gst_parse_launch(
        "videotestsrc pattern=snow ! video/x-raw,width=640,height=480 ! x264enc tune=zerolatency "
        "speed-preset=ultrafast quantizer=1 pass=quant ! hubsink name=hub path=cam sync=false",
        nullptr));
    const gst::Element hub = gst::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "hub"));
    const gst::Pad pad = gst::adopt(gst_element_get_static_pad(hub.get(), "video_0"));
    const auto count = [](GstPad*, GstPadProbeInfo* info, gpointer flood) {
      static_cast<Flood*>(flood)->count(gst_buffer_get_size(GST_PAD_PROBE_INFO_BUFFER(info)));
      return GST_PAD_PROBE_OK;
    };
    gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, count, this, nullptr);
    return pipeline;
  }

 private:
  // 4 MB in the inbox let nobody pass; parameter sets and delimiters do not get there.
  static constexpr size_t kMoreThanAnInbox = 4'005'000;

  void count(size_t size) {
    if (before_ > kMoreThanAnInbox) full_();
    before_ += size;
  }

  const std::function<void()> full_;
  size_t before_ = 0;
};

TEST(HubSink, StopsWhileItWaitsForRoom) {
  std::mutex mutex;  // these outlive the server, whose media thread still holds them when we let go
  std::condition_variable changed;
  bool full = false;
  bool letGo = false;
  Server server;
  const io::Id stream = server.openStream("cam");
  // The media thread takes nothing from the inbox while it is in here.
  server.hub().keyFrame(stream, [&](core::EpochRef, core::FrameRef) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return letGo; });
  });
  const io::Id id = server.run(std::make_unique<Flood>([&] {
    std::lock_guard lock(mutex);
    full = true;
    changed.notify_all();
  }));
  {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, test::kPatience, [&] { return full; }));
  }
  server.stop(id);
  EXPECT_EQ(server.count<io::Failed>(id), 0U);
  std::lock_guard lock(mutex);
  letGo = true;
  changed.notify_all();
}

}  // namespace
