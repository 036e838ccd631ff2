#include "server.hpp"

#include <algorithm>

namespace {

using test::Server;

std::vector<std::string> statesOf(Server& server, io::Id id) {
  std::vector<std::string> states;
  for (const io::Event& event : server.events(id))
    if (const auto* changed = std::get_if<io::StateChanged>(&event))
      states.push_back(changed->state);
  return states;
}

bool endsWithStopped(Server& server, io::Id id) {
  return server.await<io::Stopped>(id) && server.count<io::Stopped>(id) == 1 &&
         std::holds_alternative<io::Stopped>(server.events(id).back());
}

TEST(Pipeline, TellsTheEndOfStreamAndStopsByItself) {
  Server server;
  const io::Id id = server.launch("fakesrc num-buffers=3 ! fakesink");
  ASSERT_TRUE(endsWithStopped(server, id));
  EXPECT_EQ(server.count<io::EndOfStream>(id), 1U);
  EXPECT_EQ(server.count<io::Failed>(id), 0U);
}

TEST(Pipeline, TellsEveryRealChangeOfStateOnce) {
  Server server;
  const io::Id id = server.launch("videotestsrc is-live=true ! fakesink", true);
  ASSERT_TRUE(server.await<io::StateChanged>(id, 0));
  server.pipeline(id).play();
  ASSERT_TRUE(server.await<io::StateChanged>(id, 1));
  server.pipeline(id).pause();
  ASSERT_TRUE(server.await<io::StateChanged>(id, 2));
  server.pipeline(id).stop();
  ASSERT_TRUE(endsWithStopped(server, id));
  EXPECT_EQ(statesOf(server, id), (std::vector<std::string>{"paused", "playing", "paused"}));
}

TEST(Pipeline, ReportsALineThatCannotBeParsed) {
  Server server;
  const io::Id id = server.launch("fakesrc ! nosuchelement");
  ASSERT_TRUE(endsWithStopped(server, id));
  EXPECT_EQ(server.await<io::Failed>(id)->code, "PIPELINE_SYNTAX");
  EXPECT_EQ(server.events(id).size(), 2U);
}

TEST(Pipeline, RunsALineThatIsASingleElement) {
  Server server;
  const io::Id id = server.launch("fakesrc num-buffers=1");
  ASSERT_TRUE(endsWithStopped(server, id));
  EXPECT_EQ(server.await<io::Failed>(id)->code, "PIPELINE_ERROR");  // nothing takes its buffers
}

TEST(Pipeline, ReportsTheFirstErrorOnly) {
  Server server;
  // filesrc posts two errors for a missing file.
  const io::Id id = server.launch("filesrc location=/nonexistent/a.mp4 ! fakesink");
  ASSERT_TRUE(endsWithStopped(server, id));
  EXPECT_EQ(server.count<io::Failed>(id), 1U);
  EXPECT_NE(server.await<io::Failed>(id)->message.find("/nonexistent/a.mp4"), std::string::npos);
}

TEST(Pipeline, KeepsPasswordsOutOfMessages) {
  const std::string text = "no rtsp://user:p@ss@camera/1?a=b@c and http://u@h/ but a@b";
  EXPECT_EQ(gst::withoutCredentials(text), "no rtsp://camera/1?a=b@c and http://h/ but a@b");
}

TEST(Pipeline, StopsAsOftenAsItIsAsked) {
  Server server;
  const io::Id id = server.launch("videotestsrc is-live=true ! fakesink");
  for (int i = 0; i < 3; ++i) server.pipeline(id).stop();
  ASSERT_TRUE(endsWithStopped(server, id));
  server.pipeline(id).stop();
  server.pipeline(id).play();
  EXPECT_EQ(server.count<io::Stopped>(id), 1U);
}

TEST(Pipeline, FiftyAtOnceStopOnceEach) {
  Server server;
  std::vector<io::Id> ids;
  for (int i = 0; i < 50; ++i) {
    const char* kinds[] = {"fakesrc num-buffers=2 ! fakesink", "nosuchelement",
                           "videotestsrc is-live=true ! fakesink",
                           "filesrc location=/none ! fakesink"};
    ids.push_back(server.launch(kinds[i % 4]));
  }
  for (const io::Id id : ids) server.pipeline(id).stop();
  for (const io::Id id : ids) EXPECT_TRUE(endsWithStopped(server, id));
}

// A pipeline whose element hangs on its way to NULL until the test lets it go.
class Hanging final : public gst::Recipe {
 public:
  struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
    bool passed = false;
  };
  explicit Hanging(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}

  Built build(gst::Control&) override {
    gst::Element pipeline = gst::sink(gst_parse_launch("fakesrc ! fakesink name=out", nullptr));
    gst::Element wrapped = gst::sink(gst_pipeline_new(nullptr));
    const gst::Element out = gst::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "out"));
    gst_pad_set_event_function(gst::adopt(gst_element_get_static_pad(out.get(), "sink")).get(),
                               gst_pad_event_default);
    const auto hang = [](GstPad*, GstPadProbeInfo*, gpointer data) {
      auto& gate = **static_cast<std::shared_ptr<Gate>*>(data);
      std::unique_lock lock(gate.mutex);
      gate.changed.wait(lock, [&] { return gate.open; });
      gate.passed = true;
      gate.changed.notify_all();
      return GST_PAD_PROBE_OK;
    };
    auto gate = std::make_unique<std::shared_ptr<Gate>>(gate_);
    // The streaming thread does not come back, and NULL waits for it.
    gst_pad_add_probe(
        gst::adopt(gst_element_get_static_pad(out.get(), "sink")).get(), GST_PAD_PROBE_TYPE_BUFFER,
        hang, gate.release(), [](gpointer data) {
          std::unique_ptr<std::shared_ptr<Gate>> owned(static_cast<std::shared_ptr<Gate>*>(data));
        });
    return pipeline;
  }

 private:
  const std::shared_ptr<Gate> gate_;
};

TEST(Pipeline, IsAbandonedWhenItDoesNotStopInTime) {
  const auto gate = std::make_shared<Hanging::Gate>();
  const uint32_t before = Server::hub().stats().abandonedPipelines;
  {
    Server server;
    const io::Id id = server.run(std::make_unique<Hanging>(gate));
    server.pipeline(id).stop();
    ASSERT_TRUE(endsWithStopped(server, id));
    EXPECT_EQ(server.await<io::Failed>(id)->code, "PIPELINE_STUCK");
  }
  EXPECT_EQ(Server::hub().stats().abandonedPipelines, before + 1);
  // Its thread goes on with what it holds, and ends when it can.
  std::unique_lock lock(gate->mutex);
  gate->open = true;
  gate->changed.notify_all();
  EXPECT_TRUE(gate->changed.wait_for(lock, test::kPatience, [&] { return gate->passed; }));
}

}  // namespace
