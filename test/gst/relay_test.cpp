#include "reading.hpp"
#include "server.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace {

using test::Server;
using namespace std::chrono_literals;

std::string uriOf(const std::string& location) { return "file://" + location; }

// Files made by GStreamer in a fresh directory.
class Relay : public testing::Test {
 protected:
  Relay() {
    std::string name = std::filesystem::temp_directory_path() / "sluice-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~Relay() override { std::filesystem::remove_all(folder_); }

  std::string at(const std::string& name) const { return folder_ / name; }

  // Runs a pipeline that writes the file, to its end.
  std::string make(const std::string& name, const std::string& line) {
    const io::Id id = server_.launch(line + " ! filesink location=" + at(name));
    EXPECT_TRUE(server_.await<io::EndOfStream>(id)) << line;
    server_.await<io::Stopped>(id);
    return at(name);
  }

  // 50 pictures with a key frame every ten, and as long a tone.
  std::string makeFilm(const std::string& name, const std::string& muxer,
                       const std::string& encoder = "x264enc bframes=2 b-adapt=false") {
    return make(name,
                "videotestsrc num-buffers=50 ! video/x-raw,width=64,height=48,"
                "framerate=25/1 ! " +
                    encoder + " key-int-max=10 ! h264parse ! queue ! " + muxer +
                    " name=mux audiotestsrc num-buffers=94 ! audio/x-raw,rate=48000 ! "
                    "avenc_aac ! aacparse ! queue ! mux. mux.");
  }

  pipelines::RelaySpec toFile(const std::string& from, const std::string& format) const {
    pipelines::RelaySpec spec;
    spec.input = pipelines::UriInput{uriOf(from), false};
    spec.output = pipelines::FileOutput{format, at("out." + format)};
    return spec;
  }

  io::Planned run(pipelines::RelaySpec spec) {
    last_ = server_.start(std::move(spec));
    expectFinished(last_);
    return server_.await<io::Planned>(last_).value_or(io::Planned{});
  }

  void expectFinished(io::Id id) {
    EXPECT_TRUE(server_.await<io::Stopped>(id));
    EXPECT_EQ(server_.count<io::EndOfStream>(id), 1U);
    for (const io::Event& event : server_.events(id))
      if (const auto* it = std::get_if<io::Failed>(&event))
        ADD_FAILURE() << it->message << "\n" << it->detail;
  }

  io::Failed runFailing(pipelines::RelaySpec spec) {
    const io::Id id = server_.start(std::move(spec));
    EXPECT_TRUE(server_.await<io::Stopped>(id));
    return server_.await<io::Failed>(id).value_or(io::Failed{});
  }

  // Frames of the first track of a file, in the hub's form.
  std::vector<core::FrameRef> framesOf(const std::string& location, size_t count) {
    const io::Id stream = server_.openStream("played");
    const auto reader = server_.read(stream);
    const io::Id id = server_.start(pipelines::FileSpec{"played", location, true});
    auto frames = test::readFrames(*reader, 0, count);
    server_.stop(id);
    server_.closeStream(stream);
    return frames;
  }

  // Where in it what has passed ends.
  double secondsOfFilm() {
    return std::chrono::duration<double>(server_.pipeline(last_).meter()->stats().film).count();
  }

  uint64_t framesPassed() { return server_.pipeline(last_).meter()->stats().frames; }

  Server server_;
  std::filesystem::path folder_;
  io::Id last_ = 0;
};

TEST_F(Relay, PassesWhatTheOutputCarriesUntouched) {
  const std::string film = makeFilm("a.mp4", "mp4mux");
  for (const char* format : {"mp4", "flv", "ts"}) {
    const io::Planned planned = run(toFile(film, format));
    ASSERT_EQ(planned.tracks.size(), 2U) << format;
    EXPECT_FALSE(planned.live);
    for (const io::PlannedTrack& track : planned.tracks) {
      EXPECT_FALSE(track.transcoded) << format;
      EXPECT_EQ(track.from, track.to);
    }
    EXPECT_EQ(framesPassed(), 50U) << format;
    EXPECT_GT(std::filesystem::file_size(at(std::string("out.") + format)), 1000U);
  }
}

TEST_F(Relay, KeepsTheOrderOfReorderedPictures) {
  const std::array<std::pair<const char*, const char*>, 4> kinds{
      {{"a.mp4", "mp4mux"}, {"a.mkv", "matroskamux"}, {"a.ts", "mpegtsmux"}, {"a.avi", "avimux"}}};
  for (const auto& [name, muxer] : kinds) {
    const io::Planned planned = run(toFile(makeFilm(name, muxer), "mp4"));
    EXPECT_FALSE(planned.tracks.at(0).transcoded) << name;
    const auto frames = framesOf(at("out.mp4"), 40);
    ASSERT_EQ(frames.size(), 40U) << name;
    bool reordered = false;
    for (size_t i = 1; i < frames.size(); ++i) {
      EXPECT_GT(frames[i]->dts, frames[i - 1]->dts) << name;
      EXPECT_GE(frames[i]->pts, frames[i]->dts) << name;
      reordered = reordered || frames[i]->pts < frames[i - 1]->pts;
    }
    EXPECT_TRUE(reordered) << name;
  }
}

TEST_F(Relay, TranscodesWhatTheOutputCannotCarry) {
  const std::string film = make(
      "a.webm", "videotestsrc num-buffers=10 ! video/x-raw,width=64,height=48 ! vp8enc ! webmmux");
  const io::Planned planned = run(toFile(film, "flv"));
  ASSERT_EQ(planned.tracks.size(), 1U);
  EXPECT_EQ(planned.tracks[0].from, "VP8");
  EXPECT_EQ(planned.tracks[0].to, "H264");
  EXPECT_TRUE(planned.tracks[0].transcoded);
}

TEST_F(Relay, TakesRawMediaAndMediaWithoutTimes) {
  const std::string picture = "videotestsrc num-buffers=10 ! video/x-raw,width=64,height=48 ! ";
  const std::array<std::pair<const char*, std::string>, 4> kinds{
      {{"a.wav", "audiotestsrc num-buffers=20 ! wavenc"},
       {"a.y4m", picture + "y4menc"},
       {"a.h265", picture + "x265enc ! video/x-h265,stream-format=byte-stream"},
       {"a.avi", picture + "avenc_mpeg4 ! avimux"}}};
  for (const auto& [name, line] : kinds) {
    const io::Planned planned = run(toFile(make(name, line), "mp4"));
    ASSERT_EQ(planned.tracks.size(), 1U) << name;
    EXPECT_TRUE(planned.tracks[0].transcoded) << name;
    EXPECT_GT(framesPassed(), 5U) << name;
  }
}

TEST_F(Relay, NamesTracksThatAreLeftOut) {
  const std::string film =
      make("a.mkv",
           "videotestsrc num-buffers=10 ! video/x-raw,width=64,height=48 ! x264enc ! h264parse ! "
           "matroskamux name=mux audiotestsrc num-buffers=20 ! avenc_aac ! aacparse ! queue ! mux. "
           "audiotestsrc num-buffers=20 ! avenc_aac ! aacparse ! queue ! mux. mux.");
  const io::Planned planned = run(toFile(film, "flv"));
  ASSERT_EQ(planned.tracks.size(), 3U);
  EXPECT_EQ(std::ranges::count(planned.tracks, "", &io::PlannedTrack::to), 1);
  EXPECT_EQ(run(toFile(film, "ts")).tracks.size(), 3U);
}

TEST_F(Relay, CutsEveryTrackToLength) {
  pipelines::RelaySpec spec = toFile(makeFilm("a.mp4", "mp4mux"), "ts");
  spec.duration = 1s;
  run(spec);
  EXPECT_EQ(framesPassed(), 25U);
}

TEST_F(Relay, BeginsWhereItIsTold) {
  pipelines::RelaySpec spec = toFile(makeFilm("a.mp4", "mp4mux", "x264enc bframes=0"), "mp4");
  spec.start = 1s;  // the key frame before it is at 0.8 s
  run(spec);
  EXPECT_EQ(framesPassed(), 30U);
  EXPECT_NEAR(secondsOfFilm(), 2, 0.01);
  spec.duration = 500ms;
  run(spec);
  EXPECT_NEAR(secondsOfFilm(), 1.3, 0.05);
}

// A round is 2 s.
TEST_F(Relay, LoopsUntilItsLengthIsReached) {
  const std::array<std::pair<const char*, const char*>, 4> kinds{
      {{"a.mp4", "mp4mux"}, {"a.mkv", "matroskamux"}, {"a.ts", "mpegtsmux"}, {"a.flv", "flvmux"}}};
  for (const auto& [name, muxer] : kinds) {
    SCOPED_TRACE(name);
    pipelines::RelaySpec spec = toFile(makeFilm(name, muxer, "x264enc bframes=0"), "mp4");
    spec.loop = true;
    spec.duration = 3s;
    run(spec);
    EXPECT_NEAR(static_cast<double>(framesPassed()), 75, 4);
    const auto frames = framesOf(at("out.mp4"), 70);
    ASSERT_EQ(frames.size(), 70U);
    for (size_t i = 1; i < frames.size(); ++i) {
      EXPECT_GT(frames[i]->dts, frames[i - 1]->dts) << i;
      EXPECT_LT(frames[i]->dts - frames[i - 1]->dts, 120ms) << i;
    }
  }
}

TEST_F(Relay, LoopsFromTheBeginningWhereverTheFirstRoundBegan) {
  pipelines::RelaySpec spec = toFile(makeFilm("a.mp4", "mp4mux"), "ts");
  spec.loop = true;
  spec.start = 1s;  // the first round is 1.2 s, the next one 2 s
  spec.duration = 3s;
  run(spec);
  EXPECT_NEAR(static_cast<double>(framesPassed()), 75, 3);
  EXPECT_NEAR(secondsOfFilm(), 1.8, 0.15);
}

TEST_F(Relay, FinishesInPause) {
  pipelines::RelaySpec spec = toFile(makeFilm("a.mp4", "mp4mux"), "mp4");
  spec.paused = true;
  spec.loop = true;
  const io::Id id = server_.start(spec);
  ASSERT_EQ(server_.await<io::StateChanged>(id)->state, "paused");
  EXPECT_EQ(server_.pipeline(id).meter()->stats().frames, 0U);
  server_.pipeline(id).play();
  while (server_.pipeline(id).meter()->stats().frames < 60) std::this_thread::yield();
  server_.pipeline(id).pause();
  ASSERT_EQ(server_.await<io::StateChanged>(id, 2)->state, "paused");
  server_.pipeline(id).finish();
  expectFinished(id);
  EXPECT_EQ(framesOf(at("out.mp4"), 50).size(), 50U);
}

TEST_F(Relay, NamesSegmentsAfterAnyPlaylist) {
  pipelines::RelaySpec spec = toFile(makeFilm("a.mp4", "mp4mux"), "ts");
  spec.output = pipelines::HlsOutput{at("100%d.m3u8"), 1s, 3};
  run(spec);
  EXPECT_TRUE(std::filesystem::exists(at("100%d00000.ts")));
}

TEST_F(Relay, WritesAPlaylistWithAnEndAndAWindow) {
  pipelines::RelaySpec spec = toFile(makeFilm("a.mp4", "mp4mux"), "ts");
  spec.output = pipelines::HlsOutput{at("index.m3u8"), 1s, 3};
  run(spec);
  std::ifstream file(at("index.m3u8"));
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_NE(text.find("#EXT-X-ENDLIST"), std::string::npos) << text;
  EXPECT_NE(text.find(".ts"), std::string::npos) << text;
}

TEST_F(Relay, ReadsAStreamOfTheHub) {
  const io::Id stream = server_.openStream("cam");
  const io::Id camera = server_.start(pipelines::TestSpec{"cam", 64, 48, 25, 10, true, 100'000});
  ASSERT_TRUE(server_.await<io::EpochBegan>(stream));
  pipelines::RelaySpec spec = toFile("", "mp4");
  spec.input = pipelines::HubInput{"cam"};
  spec.duration = 1s;
  const io::Id id = server_.start(spec);
  server_.answer(server_.awaitWanted().first, stream);
  ASSERT_TRUE(server_.await<io::Stopped>(id));
  EXPECT_EQ(server_.count<io::Failed>(id), 0U);
  EXPECT_TRUE(server_.await<io::Planned>(id)->live);
  EXPECT_EQ(server_.pipeline(id).meter()->stats().frames, 25U);
  server_.stop(camera);
}

TEST_F(Relay, PausesALiveInputAtTheGate) {
  const io::Id stream = server_.openStream("cam");
  const io::Id camera = server_.start(pipelines::TestSpec{"cam", 64, 48, 25, 10, true, 100'000});
  ASSERT_TRUE(server_.await<io::EpochBegan>(stream));
  pipelines::RelaySpec spec = toFile("", "ts");
  spec.input = pipelines::HubInput{"cam"};
  spec.paused = true;
  const io::Id id = server_.start(spec);
  server_.answer(server_.awaitWanted().first, stream);
  ASSERT_EQ(server_.await<io::StateChanged>(id, 0)->state, "paused");
  server_.pipeline(id).play();
  ASSERT_EQ(server_.await<io::StateChanged>(id, 1)->state, "playing");
  server_.pipeline(id).pause();
  ASSERT_EQ(server_.await<io::StateChanged>(id, 2)->state, "paused");
  server_.pipeline(id).finish();
  EXPECT_TRUE(server_.await<io::EndOfStream>(id));
  EXPECT_TRUE(server_.await<io::Stopped>(id));
  server_.stop(camera);
}

TEST_F(Relay, PublishesIntoAStreamOfTheHub) {
  const io::Id stream = server_.openStream("out");
  pipelines::RelaySpec spec = toFile(makeFilm("a.mp4", "mp4mux"), "mp4");
  spec.output = pipelines::HubOutput{"out"};
  run(spec);
  EXPECT_EQ(server_.await<io::EpochBegan>(stream)->epoch->tracks.size(), 2U);
}

TEST_F(Relay, SaysWhichSideFailed) {
  const std::string film = makeFilm("a.mp4", "mp4mux");
  std::ofstream(at("text.mp4")) << "this is no film\n";
  pipelines::RelaySpec http = toFile("", "ts");
  http.input = pipelines::UriInput{"http://127.0.0.1:1/a.m3u8", false};
  const io::Failed refused = runFailing(http);
  EXPECT_EQ(refused.code, "INPUT_UNREADABLE") << refused.message << refused.detail;
  EXPECT_EQ(refused.side, "input");
  const io::Failed missing = runFailing(toFile(at("missing.mp4"), "mp4"));
  EXPECT_EQ(missing.code, "FILE_UNREADABLE");
  EXPECT_EQ(missing.side, "input");
  const io::Failed text = runFailing(toFile(at("text.mp4"), "mp4"));
  EXPECT_EQ(text.code, "FILE_UNREADABLE");
  EXPECT_EQ(text.side, "input");
  pipelines::RelaySpec spec = toFile(film, "mp4");
  spec.output = pipelines::FileOutput{"mp4", at("none/out.mp4")};
  const io::Failed folder = runFailing(spec);
  EXPECT_EQ(folder.code, "FILE_UNWRITABLE");
  EXPECT_EQ(folder.side, "output");
  EXPECT_NE(folder.message.find("No such file or directory"), std::string::npos);
  spec.output = pipelines::FileOutput{"mp4", "/dev/full"};
  const io::Failed full = runFailing(spec);
  EXPECT_EQ(full.code, "FILE_UNWRITABLE");
  EXPECT_EQ(full.side, "output");
  EXPECT_NE(full.message.find("No space left on device"), std::string::npos) << full.message;
}

TEST_F(Relay, TellsNoKeysAndPasswords) {
  pipelines::RelaySpec spec = toFile(makeFilm("a.mp4", "mp4mux"), "mp4");
  for (const char* protocol : {"rtmp", "rtsp"}) {
    const std::string url = std::string(protocol) + "://user:hush@127.0.0.1:1/live/secret";
    spec.output = pipelines::UrlOutput{protocol, url};
    const io::Failed failed = runFailing(spec);
    EXPECT_EQ(failed.side, "output");
    EXPECT_EQ(failed.code, protocol == std::string("rtmp") ? "RTMP_CONNECT" : "RTSP_CONNECT");
    for (const std::string& told : {failed.message, failed.detail}) {
      EXPECT_EQ(told.find("hush"), std::string::npos) << told;
      // Only RTMP has its key in the path.
      EXPECT_EQ(told.find("secret") != std::string::npos,
                protocol == std::string("rtsp") && told == failed.message);
    }
  }
}

}  // namespace
