#include "reading.hpp"
#include "server.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace {

using test::Server;
using namespace std::chrono_literals;

// A fresh directory with files made by GStreamer, gone with the test.
class File : public testing::Test {
 protected:
  File() {
    std::string name = std::filesystem::temp_directory_path() / "sluice-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~File() override { std::filesystem::remove_all(folder_); }

  std::string at(const std::string& name) const { return folder_ / name; }

  // Runs a pipeline that writes the file, to its end.
  std::string make(const std::string& name, const std::string& line) {
    const io::Id id = server_.launch(line + " ! filesink location=" + at(name));
    EXPECT_TRUE(server_.await<io::EndOfStream>(id)) << line;
    server_.await<io::Stopped>(id);
    return at(name);
  }

  // 15 pictures and as long a tone.
  std::string makeMp4(const std::string& encoder) {
    return make("a.mp4",
                "videotestsrc num-buffers=15 ! video/x-raw,width=64,height=48,framerate=25/1 ! " +
                    encoder +
                    " ! queue ! mp4mux name=mux audiotestsrc num-buffers=28 ! "
                    "audio/x-raw,rate=48000 ! avenc_aac ! aacparse ! queue ! mux. mux.");
  }

  io::Id play(const std::string& location, bool loop) {
    return server_.start(pipelines::FileSpec{"cam", location, loop});
  }

  std::vector<core::FrameRef> readFrames(io::Id stream, size_t count) {
    return test::readFrames(*server_.read(stream), 0, count);
  }

  Server server_;
  std::filesystem::path folder_;
};

TEST_F(File, IsPublishedAsItIs) {
  const std::string location = makeMp4("x264enc");
  const io::Id stream = server_.openStream("cam");
  const io::Id id = play(location, false);
  const auto began = server_.await<io::EpochBegan>(stream);
  ASSERT_TRUE(began);
  EXPECT_EQ(began->epoch->tracks.size(), 2U);
  EXPECT_TRUE(server_.await<io::EndOfStream>(id));
  EXPECT_TRUE(server_.await<io::Stopped>(id));
  EXPECT_EQ(server_.count<io::Failed>(id), 0U);
}

TEST_F(File, LoopsWithContinuousTime) {
  const std::string location = makeMp4("x264enc tune=zerolatency key-int-max=15");
  const io::Id stream = server_.openStream("cam");
  const io::Id id = play(location, true);
  const auto frames = readFrames(stream, 40);
  ASSERT_EQ(frames.size(), 40U);
  for (size_t i = 1; i < frames.size(); ++i) {
    const auto step = frames[i]->dts - frames[i - 1]->dts;
    EXPECT_GT(step, 0us) << "frame " << i;
    EXPECT_LT(step, 200ms) << "frame " << i;
    EXPECT_EQ(frames[i]->epoch, 1U);
  }
  EXPECT_EQ(server_.count<io::EndOfStream>(id), 0U);
}

TEST_F(File, LoopsWithReorderedPicturesInDecodeOrder) {
  const std::string location = makeMp4("x264enc bframes=2 b-adapt=false key-int-max=15");
  const io::Id stream = server_.openStream("cam");
  play(location, true);
  const auto frames = readFrames(stream, 40);
  ASSERT_EQ(frames.size(), 40U);
  bool reordered = false;
  for (size_t i = 1; i < frames.size(); ++i) {
    EXPECT_GT(frames[i]->dts, frames[i - 1]->dts) << "frame " << i;
    EXPECT_GE(frames[i]->pts, frames[i]->dts) << "frame " << i;
    reordered = reordered || frames[i]->pts < frames[i - 1]->pts;
  }
  EXPECT_TRUE(reordered);
}

// Matroska has no decode times, MPEG-TS byte streams, the last no times at all.
TEST_F(File, OfOtherContainersLoopsToo) {
  const std::string source =
      "videotestsrc num-buffers=15 ! video/x-raw,width=64,height=48,framerate=25/1 ! "
      "x264enc bframes=2 b-adapt=false key-int-max=15 ! ";
  const std::array<std::pair<const char*, const char*>, 4> kinds{
      {{"a.mkv", "matroskamux"},
       {"a.ts", "mpegtsmux"},
       {"a.flv", "h264parse ! flvmux"},
       {"a.h264", "video/x-h264,stream-format=byte-stream"}}};
  for (const auto& [name, muxer] : kinds) {
    const std::string location = make(name, source + muxer);
    const io::Id stream = server_.openStream("cam");
    const io::Id id = play(location, true);
    const auto frames = readFrames(stream, 40);
    EXPECT_EQ(frames.size(), 40U) << name;
    for (size_t i = 1; i < frames.size(); ++i)
      EXPECT_GT(frames[i]->dts, frames[i - 1]->dts) << name << ", frame " << i;
    EXPECT_EQ(server_.count<io::Failed>(id), 0U) << name;
    server_.stop(id);
    server_.closeStream(stream);
  }
}

TEST_F(File, WithAnotherCodecHasAnOpaqueTrack) {
  const std::string location = make(
      "a.webm", "videotestsrc num-buffers=5 ! video/x-raw,width=64,height=48 ! vp8enc ! webmmux");
  const io::Id stream = server_.openStream("cam");
  play(location, true);
  const auto began = server_.await<io::EpochBegan>(stream);
  ASSERT_TRUE(began);
  EXPECT_EQ(began->epoch->tracks[0].codec, "VP8");
}

TEST_F(File, ThatCannotBeReadSaysWhy) {
  server_.openStream("cam");
  std::ofstream(at("text.mp4")) << "this is no film\n";
  make("a.wav", "audiotestsrc num-buffers=5 ! wavenc");
  const std::array<std::pair<std::string, const char*>, 4> kinds{
      {{at("missing.mp4"), "FILE_UNREADABLE"},
       {folder_, "FILE_UNREADABLE"},
       {at("text.mp4"), "FILE_UNREADABLE"},
       {at("a.wav"), "FILE_UNREADABLE"}}};
  for (const auto& [location, code] : kinds) {
    const io::Id id = play(location, true);
    ASSERT_TRUE(server_.await<io::Stopped>(id)) << location;
    const auto failed = server_.await<io::Failed>(id);
    ASSERT_TRUE(failed) << location;
    EXPECT_EQ(failed->code, code) << location;
    EXPECT_NE(failed->message.find(location), std::string::npos) << failed->message;
  }
}

}  // namespace
