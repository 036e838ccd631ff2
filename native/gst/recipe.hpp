#pragma once

#include "gst/message.hpp"
#include "gst/meter.hpp"
#include "gst/ref.hpp"
#include "io/event.hpp"

#include <memory>
#include <string_view>
#include <variant>

namespace gst {

// What a recipe may do to the pipeline that runs it. Any thread.
class Control {
 public:
  virtual ~Control() = default;
  // An event besides those that the pipeline reports itself. Dropped: what comes after Stopped, and
  // every Failed but the first.
  virtual void emit(io::Event event) = 0;
};

// What a pipeline is made of and what is particular about running it. Pipeline thread only, from
// build() to the destructor; what it connects to streaming threads must not need the recipe.
class Recipe {
 public:
  using Built = std::variant<Element, io::Failed>;
  virtual ~Recipe() = default;

  // Makes a GstPipeline. `control` lives as long as the elements do.
  virtual Built build(Control& control) = 0;

  // Whether it begins in PAUSED.
  virtual bool startsPaused() const { return false; }

  // nullptr: nothing is counted. Before build(), on the thread that makes the pipeline.
  virtual std::shared_ptr<const Meter> meter() const { return nullptr; }

  // Commands. False: the pipeline goes to PLAYING or PAUSED, as a whole.
  virtual bool play(GstElement*) { return false; }
  virtual bool pause(GstElement*) { return false; }
  // Ends the media as if the input had ended.
  virtual void finish(GstElement* pipeline) {
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    gst_element_send_event(pipeline, gst_event_new_eos());
  }

  // The pipeline has come to PLAYING or PAUSED. False: the recipe tells itself when it is so.
  virtual bool tells(GstState) { return true; }

  // An element has done what takes it long: GstMessage's `progress`, with its code.
  virtual void completed(std::string_view /*step*/) {}

  // An application message that an element of the recipe's has posted.
  virtual void take(GstElement*, const GstStructure&) {}

  // All sinks have got the end of stream. True: the recipe has seen to it that media goes on.
  virtual bool goesOn(GstElement*) { return false; }

  // The first error, before it is reported.
  virtual io::Failed explain(const BusError& error) { return error.failed; }

  // True: the recipe has told it, and the pipeline runs on until finish() or stop().
  virtual bool outlives(const io::Failed&) { return false; }
};

}  // namespace gst
