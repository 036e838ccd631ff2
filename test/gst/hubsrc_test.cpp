#include "reading.hpp"
#include "server.hpp"

namespace {

using test::Server;

constexpr const char* kCamera =
    "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=25/1 ! "
    "x264enc tune=zerolatency key-int-max=5 ! queue ! hubsink name=h path=cam "
    "audiotestsrc is-live=true ! avenc_aac ! aacparse ! queue ! h.";

TEST(HubSrc, GetsItsPadsWhenItsWishIsAnswered) {
  Server server;
  const io::Id stream = server.openStream("cam");
  const io::Id copy = server.openStream("copy");
  server.launch(kCamera);
  const io::Id id = server.launch(
      "hubsrc path=cam name=s hubsink name=h path=copy "
      "s. ! video/x-h264 ! queue ! h264parse ! h.  s. ! audio/mpeg ! queue ! aacparse ! h.",
      false, "copy");
  const auto [request, wanted] = server.awaitWanted();
  EXPECT_EQ(wanted.path, "cam");
  EXPECT_EQ(wanted.feeds, std::vector<std::string>{"copy"});
  server.answer(request, stream);
  const auto began = server.await<io::EpochBegan>(copy);
  ASSERT_TRUE(began);
  ASSERT_EQ(began->epoch->tracks.size(), 2U);
  EXPECT_EQ(began->epoch->tracks, server.await<io::EpochBegan>(stream)->epoch->tracks);
  EXPECT_EQ(server.count<io::Failed>(id), 0U);
}

TEST(HubSrc, GivesPicturesThatCanBeDecoded) {
  Server server;
  const io::Id stream = server.openStream("cam");
  server.launch(kCamera);
  const io::Id id = server.launch(
      "hubsrc path=cam ! h264parse ! avdec_h264 ! identity eos-after=10 ! fakesink sync=true");
  server.answer(server.awaitWanted().first, stream);
  EXPECT_TRUE(server.await<io::EndOfStream>(id));
  EXPECT_EQ(server.count<io::Failed>(id), 0U);
}

TEST(HubSrc, FailsWithTheReasonWhenItIsRefused) {
  Server server;
  const io::Id id = server.launch("hubsrc path=cam ! fakesink");
  Server::hub().refuse(server.awaitWanted().first, "the path has too many readers");
  ASSERT_TRUE(server.await<io::Stopped>(id));
  EXPECT_EQ(server.await<io::Failed>(id)->message, "the path has too many readers");
}

TEST(HubSrc, IsNotWantedAnyMoreWhenItStopsBeforeTheAnswer) {
  Server server;
  const io::Id id = server.launch("hubsrc path=cam ! fakesink");
  const io::Id request = server.awaitWanted().first;
  server.stop(id);
  EXPECT_TRUE(server.await<io::Unwanted>(request));
}

// The streaming thread comes to rest by itself at the moment at which it is stopped.
TEST(HubSrc, StopsAtAnyMoment) {
  Server server;
  for (int i = 0; i < 300; ++i) {
    const io::Id id = server.launch("hubsrc path=cam ! fakesink");
    const io::Id request = server.awaitWanted().first;
    server.stop(id);
    ASSERT_TRUE(server.await<io::Unwanted>(request));
    ASSERT_EQ(server.count<io::Failed>(id), 0U) << "pipeline " << i;
  }
}

TEST(HubSrc, EndsWithItsStream) {
  Server server;
  const io::Id stream = server.openStream("cam");
  const io::Id camera = server.launch(kCamera);
  const io::Id id = server.launch("hubsrc path=cam ! h264parse ! fakesink");
  server.answer(server.awaitWanted().first, stream);
  ASSERT_TRUE(server.await<io::StateChanged>(id));
  ASSERT_TRUE(server.await<io::EpochBegan>(stream));
  server.stop(camera);
  server.closeStream(stream);
  ASSERT_TRUE(server.await<io::Stopped>(id));
  EXPECT_TRUE(server.await<io::EndOfStream>(id));
}

TEST(HubSrc, GoesOnAfterAPause) {
  Server server;
  const io::Id stream = server.openStream("cam");
  const io::Id copy = server.openStream("copy");
  server.launch(kCamera);
  const io::Id id = server.launch("hubsrc path=cam ! h264parse ! hubsink", false, "copy");
  server.answer(server.awaitWanted().first, stream);
  ASSERT_TRUE(server.await<io::EpochBegan>(copy));
  server.pipeline(id).pause();
  ASSERT_TRUE(server.await<io::StateChanged>(id, 1));
  server.pipeline(id).play();
  ASSERT_TRUE(server.await<io::StateChanged>(id, 2));
  EXPECT_EQ(test::readFrames(*server.read(copy), 0, 20).size(), 20U);
  EXPECT_EQ(server.count<io::Failed>(id), 0U);
}

TEST(HubSrc, PassesOnANewEpochAsNewCaps) {
  Server server;
  const io::Id stream = server.openStream("cam");
  const io::Id copy = server.openStream("copy");
  const io::Id id = server.launch("hubsrc path=cam ! h264parse ! hubsink", false, "copy");
  server.answer(server.awaitWanted().first, stream);
  for (const char* size : {"width=64,height=48", "width=96,height=64"}) {
    const io::Id camera =
        server.launch("videotestsrc num-buffers=10 ! video/x-raw,framerate=25/1," +
                      std::string(size) + " ! x264enc tune=zerolatency ! hubsink path=cam");
    ASSERT_TRUE(server.await<io::EndOfStream>(camera));
  }
  const auto second = server.await<io::EpochBegan>(copy, 1);
  ASSERT_TRUE(second);
  EXPECT_EQ(std::get<core::H264Parameters>(second->epoch->tracks[0].parameters).width, 96U);
  EXPECT_EQ(server.count<io::Failed>(id), 0U);
}

}  // namespace
