#pragma once

#include "io/hub.hpp"
#include "pipelines/start.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace test {

// Longer than anything here takes, even with sanitizers: only a failure waits for it.
constexpr std::chrono::seconds kPatience{30};

// What an environment sees of the hub: opens things, collects events. Ends what it started.
class Server {
 public:
  Server()
      : owner_(std::make_shared<io::Owner>(
            [this](io::Id id, io::Event event) { take(id, std::move(event)); })) {
    hub().hold();
  }

  ~Server() {
    for (const auto& [id, pipeline] : pipelines_) pipeline->stop();
    for (const auto& [id, pipeline] : pipelines_) EXPECT_TRUE(await<io::Stopped>(id));
    pipelines_.clear();
    for (const io::Id id : streams_) hub().close(id);
    for (const io::Id id : streams_) EXPECT_TRUE(await<io::Closed>(id));
    owner_->leave();
    hub().letGo();
  }

  static io::Hub& hub() { return io::Hub::instance(); }

  io::Id openStream(const std::string& path) {
    const io::Id id =
        hub().openStream(owner_, {kDomain, path, 20'000'000, core::Micros{30'000'000}});
    streams_.push_back(id);
    return id;
  }

  io::Id openPlayable(io::Id parent) {
    const io::Id id = hub().openPlayable(owner_, parent);
    streams_.push_back(id);
    return id;
  }

  void closeStream(io::Id id) {
    hub().close(id);
    await<io::Closed>(id);
    std::erase(streams_, id);
  }

  io::Id start(pipelines::Spec spec) {
    const io::Id id = registerPipeline(pipelines::pathOf(spec));
    pipelines_[id] = pipelines::start(id, std::move(spec), sinkOf(id));
    return id;
  }

  // `path`: the one that it is the source of.
  io::Id launch(std::string line, bool paused = false, std::string path = "cam") {
    return start(pipelines::LaunchSpec{std::move(line), paused, std::move(path)});
  }

  io::Id run(std::unique_ptr<gst::Recipe> recipe) {
    const io::Id id = registerPipeline();
    pipelines_[id] = std::make_shared<gst::Pipeline>(id, std::move(recipe), sinkOf(id));
    return id;
  }

  gst::Pipeline& pipeline(io::Id id) { return *pipelines_.at(id); }

  // Ends and forgets it.
  void stop(io::Id id) {
    pipelines_.at(id)->stop();
    EXPECT_TRUE(await<io::Stopped>(id));
    pipelines_.erase(id);
  }

  // The n-th event of its kind, waiting for it; empty: it did not come.
  template <typename T>
  std::optional<T> await(io::Id id, size_t nth = 0) {
    std::unique_lock lock(mutex_);
    std::optional<T> found;
    changed_.wait_for(lock, kPatience, [&] { return (found = find<T>(id, nth)).has_value(); });
    return found;
  }

  // The first Wanted that comes after those seen before: its request and what it says.
  std::pair<io::Id, io::Wanted> awaitWanted() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] { return wantedSeen_ < wanted_.size(); });
    return wantedSeen_ < wanted_.size() ? wanted_[wantedSeen_++] : std::pair<io::Id, io::Wanted>{};
  }

  // The same for Offered.
  std::pair<io::Id, io::Offered> awaitOffered() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] { return offeredSeen_ < offered_.size(); });
    return offeredSeen_ < offered_.size() ? offered_[offeredSeen_++]
                                          : std::pair<io::Id, io::Offered>{};
  }

  void answer(io::Id request, io::Id stream) { hub().openQueue(owner_, stream, request); }

  std::vector<io::Event> events(io::Id id) {
    std::lock_guard lock(mutex_);
    return events_[id];
  }

  template <typename T>
  size_t count(io::Id id) {
    const auto all = events(id);
    return static_cast<size_t>(std::ranges::count_if(
        all, [](const io::Event& event) { return std::holds_alternative<T>(event); }));
  }

  // Reads a stream as a hubsrc does.
  std::shared_ptr<io::Subscription> read(io::Id stream) {
    auto subscription = hub().want(registerPipeline(), "read by the test", {});
    answer(awaitWanted().first, stream);
    return subscription;
  }

  io::Id registerPipeline(std::string path = "cam") {
    const io::Id id = hub().nextId();
    hub().registerPipeline(owner_, id, kDomain, std::move(path));
    return id;
  }

 private:
  static constexpr const char* kDomain = "test";

  gst::Pipeline::OnEvent sinkOf(io::Id id) {
    return [this, id](io::Event event) { owner_->emit(id, std::move(event)); };
  }

  void take(io::Id id, io::Event event) {
    {
      std::lock_guard lock(mutex_);
      if (const auto* wanted = std::get_if<io::Wanted>(&event)) wanted_.emplace_back(id, *wanted);
      if (const auto* offered = std::get_if<io::Offered>(&event))
        offered_.emplace_back(id, *offered);
      events_[id].push_back(std::move(event));
    }
    changed_.notify_all();
  }

  template <typename T>
  std::optional<T> find(io::Id id, size_t nth) {
    for (const io::Event& event : events_[id])
      if (const T* it = std::get_if<T>(&event); it && nth-- == 0) return *it;
    return std::nullopt;
  }

  const io::OwnerRef owner_;
  std::map<io::Id, std::shared_ptr<gst::Pipeline>> pipelines_;
  std::vector<io::Id> streams_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<io::Id, std::vector<io::Event>> events_;
  std::vector<std::pair<io::Id, io::Wanted>> wanted_;
  size_t wantedSeen_ = 0;
  std::vector<std::pair<io::Id, io::Offered>> offered_;
  size_t offeredSeen_ = 0;
};

}  // namespace test
