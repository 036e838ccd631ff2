#pragma once

#include "gst/pipeline_thread.hpp"
#include "gst/recipe.hpp"
#include "io/event.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace gst {

// One GStreamer pipeline on a thread of its own. play(), pause(), finish() and stop(): any thread,
// at once, as often as wanted; what comes of them is told through onEvent.
//
// Events: StateChanged for every real change, EndOfStream or one Failed, and Stopped: always,
// once, last. A pipeline that has not stopped within 5 s is abandoned: its thread and all that
// hangs in it stay behind, Failed (PIPELINE_STUCK, unless something failed before) and Stopped come
// all the same. Destroy it after Stopped, on any thread but those that onEvent is called on.
class Pipeline {
 public:
  // Called on the pipeline's threads, one event after the other; must not block.
  using OnEvent = std::function<void(io::Event)>;

  // `id` is what hubsink and hubsrc present to the hub.
  Pipeline(uint32_t id, std::unique_ptr<Recipe> recipe, OnEvent onEvent);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  void play();
  void pause();
  void finish();  // the media ends: EndOfStream follows when all is written
  void stop();

  // Any thread. nullptr: its recipe counts nothing.
  const std::shared_ptr<const Meter>& meter() const { return meter_; }

 private:
  class Run;

  const std::shared_ptr<const Meter> meter_;
  PipelineThread thread_;
  const std::shared_ptr<Run> run_;
};

}  // namespace gst
