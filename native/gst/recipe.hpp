#pragma once

#include "gst/message.hpp"
#include "gst/ref.hpp"
#include "io/event.hpp"

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

  // All sinks have got the end of stream. True: the recipe has seen to it that media goes on.
  virtual bool goesOn(GstElement*) { return false; }

  // The first error, before it is reported.
  virtual io::Failed explain(const BusError& error) { return error.failed; }
};

}  // namespace gst
