#include "reading.hpp"
#include "server.hpp"

#include "gst/gate.hpp"
#include "pipelines/parse.hpp"

#include <array>
#include <future>
#include <span>

namespace {

using pipelines::SnapshotSpec;
using test::Server;

// Size of the encoded picture by what GStreamer's decoder makes of it.
struct Size {
  int width = 0;
  int height = 0;
  bool operator==(const Size&) const = default;
};

struct Decoded {
  Size size;
  // Least and greatest luma: a grey picture has both alike.
  int darkest = 255;
  int brightest = 0;
};

Decoded decode(const core::BlockRef& block) {
  const gst::Element pipeline = gst::sink(gst_parse_launch(
      "appsrc name=in ! decodebin ! videoconvert ! video/x-raw,format=GRAY8 ! appsink name=out "
      "sync=false",
      nullptr));
  const gst::Element in = gst::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "in"));
  const gst::Element out = gst::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "out"));
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  gst::Buffer buffer(gst_buffer_new_allocate(nullptr, block->size(), nullptr));
  gst_buffer_fill(buffer.get(), 0, block->bytes().data(), block->size());
  GstFlowReturn flow = GST_FLOW_OK;
  g_signal_emit_by_name(in.get(), "push-buffer", buffer.get(), &flow);
  g_signal_emit_by_name(in.get(), "end-of-stream", &flow);
  GstSample* made = nullptr;
  g_signal_emit_by_name(out.get(), "pull-sample", &made);
  const gst::Sample sample(made);
  Decoded decoded;
  if (sample) {
    const GstStructure* structure = gst_caps_get_structure(gst_sample_get_caps(sample.get()), 0);
    gst_structure_get_int(structure, "width", &decoded.size.width);
    gst_structure_get_int(structure, "height", &decoded.size.height);
    GstMapInfo map;
    gst_buffer_map(gst_sample_get_buffer(sample.get()), &map, GST_MAP_READ);
    for (const uint8_t luma : std::span(map.data, map.size)) {
      decoded.darkest = std::min<int>(decoded.darkest, luma);
      decoded.brightest = std::max<int>(decoded.brightest, luma);
    }
    gst_buffer_unmap(gst_sample_get_buffer(sample.get()), &map);
  }
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return decoded;
}

class Snapshot : public testing::Test {
 protected:
  // A stream that has had a key frame.
  io::Id openCamera(uint32_t width, uint32_t height) {
    const io::Id stream = server_.openStream("cam");
    server_.start(pipelines::TestSpec{"cam", width, height, 25, 10, false, 2'000'000});
    EXPECT_EQ(test::readFrames(*server_.read(stream), 0, 1).size(), 1U);
    return stream;
  }

  Server server_;
};

TEST_F(Snapshot, IsThePictureInEveryFormat) {
  const io::Id stream = openCamera(320, 240);
  for (const char* format : {"jpg", "png", "webp"}) {
    const io::Id id = server_.start(SnapshotSpec{stream, format, 0, 0, 80});
    ASSERT_TRUE(server_.await<io::Stopped>(id)) << format;
    const auto picture = server_.await<io::Picture>(id);
    ASSERT_TRUE(picture) << format << server_.await<io::Failed>(id)->message;
    const Decoded decoded = decode(picture->block);
    EXPECT_EQ(decoded.size, (Size{320, 240})) << format;
    EXPECT_GT(decoded.brightest - decoded.darkest, 100) << format;
    EXPECT_EQ(server_.count<io::Picture>(id), 1U);
    EXPECT_EQ(server_.count<io::Failed>(id), 0U);
  }
}

TEST_F(Snapshot, KeepsTheAspectRatio) {
  const io::Id stream = openCamera(320, 240);
  struct Case {
    uint32_t width, height;
    Size made;
  };
  const std::array<Case, 5> cases{{{160, 0, {160, 120}},
                                   {0, 60, {80, 60}},
                                   {100, 100, {100, 75}},
                                   {400, 120, {160, 120}},
                                   {1000, 1000, {320, 240}}}};
  for (const auto& [width, height, made] : cases) {
    const io::Id id = server_.start(SnapshotSpec{stream, "jpg", width, height, 80});
    const auto picture = server_.await<io::Picture>(id);
    ASSERT_TRUE(picture) << width << "x" << height;
    const Size size = decode(picture->block).size;
    EXPECT_EQ(size, made) << width << "x" << height << " gives " << size.width << "x"
                          << size.height;
  }
}

TEST_F(Snapshot, FailsWithoutAKeyFrame) {
  const io::Id silent = server_.openStream("cam");
  for (const io::Id stream : {silent, io::Id{999'999}}) {
    const io::Id id = server_.start(SnapshotSpec{stream, "jpg", 0, 0, 80});
    ASSERT_TRUE(server_.await<io::Stopped>(id));
    EXPECT_EQ(server_.await<io::Failed>(id)->code, "SNAPSHOT_FAILED");
    EXPECT_EQ(server_.count<io::Picture>(id), 0U);
  }
}

TEST_F(Snapshot, FailsForAnotherCodec) {
  const io::Id stream = server_.openStream("cam");
  server_.launch("audiotestsrc is-live=true ! audioconvert ! vorbisenc ! hubsink path=cam");
  ASSERT_TRUE(server_.await<io::EpochBegan>(stream));
  const io::Id id = server_.start(SnapshotSpec{stream, "jpg", 0, 0, 80});
  ASSERT_TRUE(server_.await<io::Stopped>(id));
  EXPECT_EQ(server_.await<io::Failed>(id)->code, "SNAPSHOT_FAILED");
}

TEST_F(Snapshot, FailsWhenTheKeyFrameCannotBeDecoded) {
  const io::Id camera = openCamera(320, 240);
  const core::FrameRef key = test::readFrames(*server_.read(camera), 0, 1).at(0);
  const auto tracks = server_.await<io::EpochBegan>(camera)->epoch->tracks;
  const io::Id stream = server_.openStream("broken");
  const auto publisher = Server::hub().publish(server_.registerPipeline("broken"), "broken");
  publisher->begin(tracks);
  const auto publish = [&](core::Bytes payload, int second) {
    io::RawUnit unit;
    unit.key = true;
    unit.dts = unit.pts = std::chrono::seconds(second);
    unit.payload = std::move(payload);
    ASSERT_TRUE(publisher->push(std::move(unit)));
  };
  core::Bytes noSlice = key->payload;
  std::fill(noSlice.begin() + 5, noSlice.end(), uint8_t{0});
  core::Bytes reserved = key->payload;
  std::fill(reserved.begin() + 5, reserved.end(), uint8_t{0xff});
  const auto reader = server_.read(stream);
  int second = 0;
  for (const core::Bytes& payload : {noSlice, reserved}) {
    publish(payload, ++second);
    ASSERT_EQ(test::readFrames(*reader, 0, 1).size(), 1U);
    const io::Id id = server_.start(SnapshotSpec{stream, "jpg", 0, 0, 80});
    ASSERT_TRUE(server_.await<io::Stopped>(id));
    EXPECT_EQ(server_.count<io::Picture>(id), 0U);
    EXPECT_EQ(server_.count<io::Failed>(id), 1U);
  }
}

// A pipeline that shows its newest key frame.
class Gated final : public gst::Recipe {
 public:
  Gated(std::string encoder, std::function<void()> onFlowing)
      : encoder_(std::move(encoder)),
        gate_(std::make_shared<gst::Gate>(gst::Gate::Options{.onFlowing = std::move(onFlowing)})) {}

  Built build(gst::Control&) override {
    Built built = pipelines::parseLaunch(
        "videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240 ! " + encoder_ +
        " ! queue name=from  fakesink name=to");
    GstElement* pipeline = std::get<gst::Element>(built).get();
    GstElement* gate = gate_->addTrack(gst::TrackKind::video);
    gst_bin_add(GST_BIN(pipeline), gate);
    const gst::Element from = pipelines::elementOf(pipeline, "from");
    const gst::Element to = pipelines::elementOf(pipeline, "to");
    gst_element_link_many(from.get(), gate, to.get(), nullptr);
    return built;
  }

  std::shared_ptr<const gst::Meter> meter() const override { return gate_; }

 private:
  const std::string encoder_;
  const gst::GateRef gate_;
};

class SnapshotOfPipeline : public Snapshot, public testing::WithParamInterface<const char*> {};

TEST_P(SnapshotOfPipeline, DecodesWhateverItsVideoIs) {
  const auto flowing = std::make_shared<std::promise<void>>();
  const io::Id pipeline =
      server_.run(std::make_unique<Gated>(GetParam(), [flowing] { flowing->set_value(); }));
  ASSERT_EQ(flowing->get_future().wait_for(test::kPatience), std::future_status::ready);
  SnapshotSpec spec{0, "jpg", 160, 0, 80};
  spec.pipeline = pipeline;
  spec.meter = server_.pipeline(pipeline).meter();
  const io::Id id = server_.start(spec);
  ASSERT_TRUE(server_.await<io::Stopped>(id));
  const auto picture = server_.await<io::Picture>(id);
  ASSERT_TRUE(picture) << server_.await<io::Failed>(id)->message;
  const Decoded decoded = decode(picture->block);
  EXPECT_EQ(decoded.size, (Size{160, 120}));
  EXPECT_GT(decoded.brightest - decoded.darkest, 100);
  server_.stop(pipeline);
}

INSTANTIATE_TEST_SUITE_P(Codec, SnapshotOfPipeline,
                         testing::Values("x264enc bframes=2 speed-preset=1 ! h264parse",
                                         "x265enc speed-preset=1 ! h265parse",
                                         "vp8enc deadline=1 cpu-used=16",
                                         "vp9enc deadline=1 cpu-used=8 ! vp9parse",
                                         "av1enc cpu-used=8 usage-profile=realtime ! av1parse",
                                         "jpegenc", "identity", "avenc_mpeg4 ! mpeg4videoparse"));

TEST_F(Snapshot, FailsForAPipelineWithoutAKeyFrame) {
  const auto gate = std::make_shared<gst::Gate>(gst::Gate::Options{});
  for (const std::shared_ptr<const gst::Meter>& meter :
       {std::shared_ptr<const gst::Meter>(gate), std::shared_ptr<const gst::Meter>()}) {
    SnapshotSpec spec{0, "jpg", 0, 0, 80};
    spec.pipeline = 999'999;
    spec.meter = meter;
    const io::Id id = server_.start(spec);
    ASSERT_TRUE(server_.await<io::Stopped>(id));
    EXPECT_EQ(server_.await<io::Failed>(id)->code, "SNAPSHOT_FAILED");
  }
}

}  // namespace
