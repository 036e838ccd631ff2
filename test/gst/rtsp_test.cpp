#include "server.hpp"

#include <array>
#include <cstdio>
#include <string>

#include <unistd.h>

namespace {

using test::Server;

// gst-rtsp-server in a process of its own, which ends when its standard input does.
class RtspCamera {
 public:
  explicit RtspCamera(const std::string& more = "") {
    const std::string script = SOURCE_DIR "/test/helpers/gst_rtsp_server.py";
    std::array<int, 2> output{};
    if (pipe(output.data()) != 0) return;
    const std::string command =
        "exec /usr/bin/python3 " + script +
        " 'videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=25/1 ! "
        "x264enc tune=zerolatency key-int-max=5 ! rtph264pay name=pay0 config-interval=-1 "
        "audiotestsrc is-live=true ! avenc_aac ! aacparse ! rtpmp4gpay name=pay1' " +
        more + " >/dev/fd/" + std::to_string(output[1]);
    input_ = popen(command.c_str(), "we");
    close(output[1]);
    FILE* said = fdopen(output[0], "r");
    if (std::fscanf(said, "%d", &port_) != 1) port_ = 0;
    std::fclose(said);
  }
  ~RtspCamera() {
    if (input_) pclose(input_);
  }
  RtspCamera(const RtspCamera&) = delete;
  RtspCamera& operator=(const RtspCamera&) = delete;

  std::string url(const std::string& userInfo = "", const std::string& path = "/live") const {
    return "rtsp://" + userInfo + "127.0.0.1:" + std::to_string(port_) + path;
  }

 private:
  FILE* input_ = nullptr;
  int port_ = 0;
};

TEST(Rtsp, PublishesTheTracksOfACameraInOneEpoch) {
  const RtspCamera camera("digest user p@ss:word");
  Server server;
  const io::Id stream = server.openStream("cam");
  const io::Id id = server.start(pipelines::RtspSpec{"cam", camera.url("user:p%40ss:word@")});
  const auto began = server.await<io::EpochBegan>(stream);
  ASSERT_TRUE(began) << server.await<io::Failed>(id)->message;
  ASSERT_EQ(began->epoch->tracks.size(), 2U);
  for (const core::Track& track : began->epoch->tracks)
    EXPECT_FALSE(std::holds_alternative<core::OpaqueParameters>(track.parameters)) << track.codec;
  server.stop(id);
  EXPECT_EQ(server.count<io::EpochBegan>(stream), 1U);
  EXPECT_EQ(server.count<io::Failed>(id), 0U);
}

TEST(Rtsp, TellsWhyACameraCannotBePulled) {
  const RtspCamera open;
  const RtspCamera locked("basic user secret");
  Server server;
  server.openStream("cam");
  const std::array<std::pair<std::string, const char*>, 4> cases{
      {{locked.url(), "RTSP_UNAUTHORIZED"},
       {locked.url("user:hunter2@"), "RTSP_UNAUTHORIZED"},
       {open.url("", "/nothing"), "RTSP_NOT_FOUND"},
       {"rtsp://user:hunter2@127.0.0.1:1/live", "RTSP_CONNECT"}}};
  for (const auto& [url, code] : cases) {
    const io::Id id = server.start(pipelines::RtspSpec{"cam", url});
    ASSERT_TRUE(server.await<io::Stopped>(id)) << url;
    const auto failed = server.await<io::Failed>(id);
    ASSERT_TRUE(failed) << url;
    EXPECT_EQ(failed->code, code) << url << ": " << failed->message << "\n" << failed->detail;
    EXPECT_EQ((failed->message + failed->detail).find("hunter2"), std::string::npos);
  }
}

}  // namespace
