#include "core/stream.hpp"

#include <gtest/gtest.h>

#include <string>

namespace core {
namespace {

constexpr Micros kMs{1000};

Track video(uint32_t width = 640) {
  H264Parameters parameters;
  parameters.width = width;
  return {Kind::video, "H264", 90000, parameters};
}

Track audio() { return {Kind::audio, "MPEG4-GENERIC", 48000, AacParameters{}}; }

// Writes down what an output gets: "E1" an epoch, "K5" a key frame and "P6" another one by their
// payload, "A7" audio, "end".
class Notes final : public Output {
 public:
  void epoch(const EpochRef& epoch) override { note("E" + std::to_string(epoch->number)); }
  void frame(const FrameRef& frame) override {
    const char* kind = frame->track == 1 ? "A" : frame->key ? "K" : "P";
    note(kind + std::to_string(frame->payload.at(0)));
    last = frame;
  }
  void ended() override { note("end"); }
  void note(const std::string& what) { text += text.empty() ? what : " " + what; }

  std::string text;
  FrameRef last;
};

class StreamTest : public testing::Test {
 protected:
  Frame frame(uint8_t name, bool key, uint8_t track = 0) {
    Frame made;
    made.track = track;
    made.key = key || track == 1;
    made.dts = made.pts = time_;
    made.arrival = arrival_;
    made.payload = Bytes(10, name);
    time_ += 20 * kMs;
    arrival_ += 20 * kMs;
    return made;
  }
  bool broken(uint8_t name, bool key = false) {
    Frame made = frame(name, key);
    made.damaged = true;
    return stream_.push(std::move(made));
  }
  bool key(uint8_t name) { return stream_.push(frame(name, true)); }
  bool picture(uint8_t name) { return stream_.push(frame(name, false)); }
  bool sound(uint8_t name) { return stream_.push(frame(name, true, 1)); }

  std::string epochs_;
  Stream stream_{{.ringMaxBytes = 45, .ringMaxAge = Micros{10'000'000}},
                 [this](const EpochRef& epoch) { epochs_ += std::to_string(epoch->number); }};
  Micros time_{5'000'000};
  Micros arrival_{1'700'000'000'000'000};
};

TEST_F(StreamTest, AnEpochBeginsWithTheFirstKeyFrame) {
  Notes output;
  stream_.add(output);
  stream_.begin({video(), audio()}, Stream::Splice::elapsed);
  EXPECT_FALSE(picture(1));
  EXPECT_FALSE(sound(2));
  EXPECT_TRUE(key(3));
  EXPECT_TRUE(sound(4));
  EXPECT_EQ(output.text, "E1 K3 A4");
  EXPECT_EQ(epochs_, "1");
}

TEST_F(StreamTest, ANewcomerGetsTheRingSinceTheLastKeyFrame) {
  stream_.begin({video()}, Stream::Splice::elapsed);
  key(1);
  picture(2);
  key(3);
  picture(4);
  Notes output;
  stream_.add(output);
  picture(5);
  EXPECT_EQ(output.text, "E1 K3 P4 P5");
}

TEST_F(StreamTest, ARingBeyondItsBoundIsCutToItsKeyFrameAndGoesOnAtTheNext) {
  stream_.begin({video()}, Stream::Splice::elapsed);
  key(1);
  for (uint8_t name = 2; name < 7; ++name) picture(name);
  EXPECT_EQ(stream_.ringBytes(), 10u);
  Notes output;
  stream_.add(output);
  picture(7);
  key(8);
  picture(9);
  EXPECT_EQ(output.text, "E1 K1 K8 P9");
}

TEST_F(StreamTest, AudioOfThePictureThatCameBeforeItStaysInTheRing) {
  stream_.begin({video(), audio()}, Stream::Splice::elapsed);
  key(1);
  Frame early = frame(2, true, 1);
  early.dts += 100 * kMs;
  stream_.push(std::move(early));
  key(3);
  Notes output;
  stream_.add(output);
  EXPECT_EQ(output.text, "E1 K3 A2");
}

TEST_F(StreamTest, OtherParametersBeginAnEpochAtTheNextKeyFrameOnTheSameTimeScale) {
  Notes output;
  stream_.add(output);
  stream_.begin({video()}, Stream::Splice::elapsed);
  key(1);
  const Micros before = output.last->dts;
  stream_.begin({video(320)}, Stream::Splice::same);
  picture(2);
  key(3);
  EXPECT_EQ(output.text, "E1 K1 E2 K3");
  EXPECT_FALSE(output.last->discontinuity);
  EXPECT_EQ((output.last->dts - before), 40 * kMs);
}

TEST_F(StreamTest, TracksThatKeepTheirParametersGoOnUntilTheKeyFrameOfTheNextEpoch) {
  Notes output;
  stream_.add(output);
  stream_.begin({video(), audio()}, Stream::Splice::elapsed);
  key(1);
  stream_.begin({video(), {Kind::audio, "MPEG4-GENERIC", 48000, OpaqueParameters{}}},
                Stream::Splice::same);
  EXPECT_TRUE(picture(2));
  EXPECT_FALSE(sound(3));
  key(4);
  sound(5);
  EXPECT_EQ(output.text, "E1 K1 P2 E2 K4 A5");
}

TEST_F(StreamTest, ASourceThatComesBackKeepsTheElapsedTime) {
  Notes output;
  stream_.add(output);
  stream_.begin({video()}, Stream::Splice::elapsed);
  key(1);
  const Micros before = output.last->dts;
  const Micros left = output.last->arrival;
  time_ = Micros{0};
  arrival_ += 7000 * kMs;
  stream_.begin({video()}, Stream::Splice::elapsed);
  key(2);
  EXPECT_TRUE(output.last->discontinuity);
  EXPECT_EQ(output.last->dts - before, output.last->arrival - left);
}

TEST_F(StreamTest, APausedStreamGoesOnAtTheNextKeyFrameWithoutAGap) {
  Notes output;
  stream_.add(output);
  stream_.begin({video()}, Stream::Splice::elapsed);
  key(1);
  picture(2);
  const Micros before = output.last->dts;
  stream_.pause();
  EXPECT_FALSE(key(3));
  arrival_ += 60'000 * kMs;
  time_ += 60'000 * kMs;
  stream_.play();
  EXPECT_FALSE(picture(4));
  EXPECT_TRUE(key(5));
  EXPECT_EQ(output.text, "E1 K1 P2 E2 K5");
  EXPECT_EQ(output.last->dts - before, 20 * kMs);
}

TEST_F(StreamTest, ADamagedPictureAndWhatRefersToItGoToNobody) {
  Notes output;
  stream_.add(output);
  stream_.begin({video(), audio()}, Stream::Splice::elapsed);
  key(1);
  EXPECT_FALSE(broken(2));
  EXPECT_FALSE(picture(3));
  EXPECT_TRUE(sound(4));
  EXPECT_FALSE(broken(5, true));
  EXPECT_FALSE(picture(6));
  key(7);
  picture(8);
  EXPECT_EQ(output.text, "E1 K1 A4 K7 P8");
  EXPECT_EQ(stream_.keyFrame()->payload.at(0), 7);
}

TEST_F(StreamTest, ADamagedPictureAndWhatRefersToItArePassedMarked) {
  std::string damaged;
  Stream stream{{.passDamaged = true}, [](const EpochRef&) {}};
  stream.begin({video()}, Stream::Splice::elapsed);
  Notes output;
  stream.add(output);
  for (const char shape : std::string("kpbpBpkp")) {
    Frame made = frame(1, shape == 'k' || shape == 'B');
    made.damaged = shape == 'b' || shape == 'B';
    EXPECT_TRUE(stream.push(std::move(made)));
    damaged += output.last->damaged ? 'x' : '-';
  }
  EXPECT_EQ(damaged, "--xxxx--");
  Notes newcomer;
  stream.add(newcomer);
  EXPECT_EQ(newcomer.text, "E1 K1 P1") << "the ring begins with a whole key frame";
}

TEST_F(StreamTest, WithoutVideoEveryFrameIsAWayIn) {
  Notes output;
  stream_.begin({audio(), audio()}, Stream::Splice::elapsed);
  sound(1);
  stream_.add(output);
  sound(2);
  EXPECT_EQ(output.text, "E1 A1 A2");
}

TEST_F(StreamTest, AnOutputThatLeftGetsNothingAndOneThatStayedHearsTheEnd) {
  Notes left;
  Notes stayed;
  stream_.add(left);
  stream_.add(stayed);
  stream_.begin({video()}, Stream::Splice::elapsed);
  stream_.remove(left);
  key(1);
  stream_.end();
  EXPECT_EQ(left.text, "");
  EXPECT_EQ(stayed.text, "E1 K1 end");
}

TEST_F(StreamTest, AFrameOfATrackThatTheEpochDoesNotHaveIsRefused) {
  stream_.begin({video()}, Stream::Splice::elapsed);
  key(1);
  EXPECT_FALSE(sound(2));
}

}  // namespace
}  // namespace core
