#include "io/rtmp_output.hpp"

#include "core/synthetic.hpp"
#include "io/hub.hpp"
#include "listener.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <thread>

namespace io {
namespace {

constexpr Id kCamera = 1001;
constexpr size_t kPictureBytes = 1'000'000;

core::Bytes largePicture(bool key) {
  core::Bytes picture(kPictureBytes, 0x55);
  const uint32_t size = kPictureBytes - 4;
  for (size_t i = 0; i < 4; ++i) picture[i] = static_cast<uint8_t>(size >> (24 - 8 * i));
  picture[4] = key ? 0x65 : 0x41;
  return picture;
}

TEST(RtmpOutput, PicturesThatAServerDoesNotTakeCountAsDroppedAndNotAsSent) {
  Hub& hub = Hub::instance();
  hub.hold();
  {
    Listener listener;
    const Id stream =
        hub.openStream(listener.owner, {"domain", "cam", 100'000'000, core::Micros{30'000'000}});
    hub.registerPipeline(listener.owner, kCamera, "domain", "cam");
    const auto publisher = hub.publish(kCamera, "cam");
    hub.unregisterPipeline(kCamera);
    publisher->begin({synthetic::videoTrack()});
    std::array<int, 2> pair{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair.data()), 0);
    const Descriptor server(pair[1]);
    core::RtmpRelay::Options options;
    options.rtmp.video = 0;
    const Id output = hub.openRtmp(listener.owner, stream, options, Descriptor(pair[0]));
    const auto rtmp = hub.findRtmp(output);
    constexpr uint64_t kPictures = 24;
    for (int64_t i = 0; i < static_cast<int64_t>(kPictures); ++i) {
      RawUnit unit;
      unit.key = i == 0;
      unit.dts = unit.pts = core::Micros{40'000} * i;
      unit.payload = largePicture(unit.key);
      ASSERT_TRUE(publisher->push(std::move(unit)));
    }
    const auto isAll = [](const PipelineStats& it) {
      return it.frames + it.droppedFrames == kPictures;
    };
    while (!isAll(rtmp->stats())) std::this_thread::yield();
    const PipelineStats stats = rtmp->stats();
    EXPECT_GT(stats.droppedFrames, 0U);
    EXPECT_GE(stats.frames, 16U);
    EXPECT_EQ(stats.keyFrames, 1U);
    EXPECT_LE(stats.bytes, stats.frames * kPictureBytes);
    hub.close(output);
    listener.wait<Closed>(output);
    hub.close(stream);
    listener.wait<Closed>(stream);
  }
  hub.letGo();
}

}  // namespace
}  // namespace io
