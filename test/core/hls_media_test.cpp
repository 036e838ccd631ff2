#include "core/hls_packager.hpp"

#include "core/fixture_reader.hpp"
#include "core/hls_recorder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

// Real media in, and what ffmpeg and GStreamer say of what comes out.
namespace core {
namespace {

struct Case {
  const char* name;
  std::vector<std::string> tracks;  // *.h264 or *.aac of test/fixtures/make.sh, without the ending
};

struct Packaged {
  // Presentation times of what went in, in decode order and units of the track.
  std::vector<int64_t> video, audio;
  std::vector<std::string> segments;  // files, each with the init section before it
  std::string whole;
  Bytes init, media;
};

// What the command prints, on either stream.
std::string output(const std::string& command) {
  std::string text;
  FILE* pipe = popen(("{ " + command + " ; } 2>&1").c_str(), "r");
  if (pipe == nullptr) return "popen failed";
  char buffer[4096];
  while (const size_t count = fread(buffer, 1, sizeof(buffer), pipe)) text.append(buffer, count);
  const int status = pclose(pipe);
  return status == 0 ? text : text + "\nended with " + std::to_string(status);
}

bool isMissing(const std::string& tool) {
  return !output("command -v " + tool + " > /dev/null").empty();
}

size_t countOf(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

std::string writeFile(const std::string& path, const std::vector<ByteView>& pieces) {
  std::ofstream file(path, std::ios::binary);
  for (const ByteView piece : pieces) {
    file.write(reinterpret_cast<const char*>(piece.data()),
               static_cast<std::streamsize>(piece.size()));
  }
  return path;
}

// Frames of all tracks as they would arrive: by decode time.
std::vector<Frame> mix(std::vector<fixture::Media>& media) {
  std::vector<Frame> frames;
  for (size_t i = 0; i < media.size(); ++i) {
    for (Frame& frame : media[i].frames) {
      frame.track = static_cast<uint8_t>(i);
      frames.push_back(std::move(frame));
    }
  }
  std::stable_sort(frames.begin(), frames.end(),
                   [](const Frame& a, const Frame& b) { return a.dts < b.dts; });
  return frames;
}

class HlsMedia : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    for (const char* tool : {"ffmpeg", "ffprobe", "gst-launch-1.0"}) {
      if (!isMissing(tool)) continue;
      if (std::getenv("CI")) FAIL() << tool << " is not installed";
      GTEST_SKIP() << tool << " is not installed";
    }
    const std::filesystem::path root = SOURCE_DIR;
    fixtures_ = (root / "out/fixtures/packager").string();
    const std::string script = (root / "test/fixtures/make.sh").string();
    ASSERT_EQ(output("sh '" + script + "' '" + fixtures_ + "'"), "");
    std::string folder = testing::TempDir() + "hls_media.XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    package();
  }

  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  void package() {
    std::vector<fixture::Media> media;
    std::vector<Track> tracks;
    for (const std::string& name : GetParam().tracks) {
      const std::string path = fixtures_ + "/" + name;
      const bool audio = std::filesystem::exists(path + ".aac");
      media.push_back(audio ? fixture::readAudio(path) : fixture::readVideo(path));
      tracks.push_back(media.back().track);
      const int64_t scale = tracks.back().clockRateHz;
      for (const Frame& frame : media.back().frames) {
        const int64_t time = (frame.pts.count() * scale + 500'000) / 1'000'000;
        (audio ? packaged_.audio : packaged_.video).push_back(time);
      }
    }
    HlsRecorder hls;
    hls.epoch(1, std::move(tracks));
    for (Frame& frame : mix(media)) hls.push(std::move(frame));
    hls.packager.ended();

    const ByteView init = hls.inits.at(0).block->bytes();
    packaged_.init = {init.begin(), init.end()};
    for (const HlsSegment& segment : hls.segments) {
      const Bytes media = HlsRecorder::bytes(segment);
      const std::string name = folder_ + "/" + std::to_string(segment.number) + ".mp4";
      packaged_.segments.push_back(writeFile(name, {init, media}));
      packaged_.media.insert(packaged_.media.end(), media.begin(), media.end());
    }
    packaged_.whole = writeFile(folder_ + "/whole.mp4", {init, packaged_.media});
  }

  // The presentation times that ffprobe sees, as they stand in the file.
  std::vector<int64_t> timesSeen(const std::string& stream) {
    std::istringstream text(output("ffprobe -v warning -select_streams " + stream +
                                   " -show_entries packet=pts -of csv=p=0 '" + packaged_.whole +
                                   "' | tr -d ,"));
    return {std::istream_iterator<int64_t>(text), {}};
  }

  std::string fixtures_;
  std::string folder_;
  Packaged packaged_;
};

TEST_P(HlsMedia, FfmpegDecodesAllWithoutAWarning) {
  EXPECT_EQ(output("ffmpeg -nostdin -v warning -i '" + packaged_.whole + "' -f null -"), "");
  for (const std::string& segment : packaged_.segments) {
    EXPECT_EQ(output("ffmpeg -nostdin -v warning -i '" + segment + "' -f null -"), "");
  }
}

TEST_P(HlsMedia, EveryFrameIsThereAtItsTime) {
  EXPECT_EQ(timesSeen("v"), packaged_.video);
  EXPECT_EQ(timesSeen("a"), packaged_.audio);
  EXPECT_EQ(packaged_.segments.size(), 4u);
}

TEST_P(HlsMedia, DurationsAddUp) {
  const auto fragments = mp4::readFragments(packaged_.init, packaged_.media);
  ASSERT_TRUE(fragments);
  std::map<uint32_t, uint64_t> ends;
  for (const mp4::Fragment& fragment : *fragments) {
    for (const mp4::Sample& sample : fragment.samples) {
      const auto end = ends.try_emplace(sample.track, sample.dts).first;
      ASSERT_EQ(sample.dts, end->second) << "track " << sample.track;
      end->second += sample.duration;
    }
  }
}

TEST_P(HlsMedia, GStreamerDecodesAll) {
  const std::string source =
      "gst-launch-1.0 -v filesrc location='" + packaged_.whole + "' ! qtdemux name=d ";
  const std::string sink = " ! fakesink name=end silent=false";
  const auto expectFrames = [&](const std::string& decode, size_t count) {
    const std::string text = output(source + decode + sink);
    EXPECT_EQ(countOf(text, "chain   ******* (end:sink)"), count);
    EXPECT_EQ(countOf(text, "WARN") + countOf(text, "ended with"), 0u) << text;
  };
  if (!packaged_.video.empty()) {
    expectFrames("d.video_0 ! queue ! h264parse ! avdec_h264", packaged_.video.size());
  }
  if (!packaged_.audio.empty()) {
    expectFrames("d.audio_0 ! queue ! aacparse ! avdec_aac", packaged_.audio.size());
  }
}

void PrintTo(const Case& value, std::ostream* out) { *out << value.name; }

INSTANTIATE_TEST_SUITE_P(Real, HlsMedia,
                         testing::Values(Case{"Plain", {"plain", "tone48"}},
                                         Case{"Reordered", {"reordered", "tone44"}},
                                         Case{"Ntsc", {"tone48", "ntsc"}},
                                         Case{"VideoOnly", {"reordered"}},
                                         Case{"AudioOnly", {"tone44"}}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace core
