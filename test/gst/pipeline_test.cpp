#include "server.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>

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
  EXPECT_NE(server.await<io::Failed>(id)->detail.find("/nonexistent/a.mp4"), std::string::npos);
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

// Holds back whoever comes to it until the test opens it.
class Gate {
 public:
  void pass() {  // any thread
    std::unique_lock lock(mutex_);
    reached_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    passed_ = true;
    changed_.notify_all();
  }
  bool awaitReached() { return await(reached_); }
  bool awaitPassed() { return await(passed_); }
  void open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  bool await(const bool& flag) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, test::kPatience, [&] { return flag; });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool reached_ = false;
  bool open_ = false;
  bool passed_ = false;
};

// A pipeline whose streaming thread goes through a gate, and whose NULL waits for that thread.
class Hanging final : public gst::Recipe {
 public:
  explicit Hanging(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}

  Built build(gst::Control&) override {
    gst::Element pipeline = gst::sink(gst_parse_launch("fakesrc ! fakesink name=out", nullptr));
    const gst::Element out = gst::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "out"));
    const gst::Pad pad = gst::adopt(gst_element_get_static_pad(out.get(), "sink"));
    using Held = std::shared_ptr<Gate>;
    auto held = std::make_unique<Held>(gate_);
    const auto pass = [](GstPad*, GstPadProbeInfo*, gpointer gate) {
      (*static_cast<Held*>(gate))->pass();
      return GST_PAD_PROBE_OK;
    };
    const auto drop = [](gpointer gate) { std::unique_ptr<Held> owned(static_cast<Held*>(gate)); };
    gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, pass, held.release(), drop);
    return pipeline;
  }

 private:
  const std::shared_ptr<Gate> gate_;
};

TEST(Pipeline, IsAbandonedWhenItDoesNotStopInTime) {
  const auto gate = std::make_shared<Gate>();
  const uint32_t before = Server::hub().stats().abandonedPipelines;
  {
    Server server;
    const io::Id id = server.run(std::make_unique<Hanging>(gate));
    ASSERT_TRUE(gate->awaitReached());
    server.pipeline(id).stop();
    ASSERT_TRUE(endsWithStopped(server, id));
    EXPECT_EQ(server.await<io::Failed>(id)->code, "PIPELINE_STUCK");
  }
  EXPECT_EQ(Server::hub().stats().abandonedPipelines, before + 1);
  // Its thread goes on with what it holds, and ends when it can.
  gate->open();
  EXPECT_TRUE(gate->awaitPassed());
}

}  // namespace
