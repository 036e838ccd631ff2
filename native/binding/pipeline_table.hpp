#pragma once

#include "binding/reader.hpp"
#include "gst/pipeline.hpp"
#include "io/owner.hpp"

#include <memory>
#include <unordered_map>

namespace binding {

// The pipelines of one environment. JS thread.
class PipelineTable {
 public:
  PipelineTable();
  ~PipelineTable();

  io::Id start(Reader& spec, const io::OwnerRef& owner);
  gst::Pipeline* find(io::Id id);  // nullptr: no such pipeline
  void stop(io::Id id);  // repeated and unknown ids are ignored
  void ended(io::Id id);  // JavaScript is about to hear of its Stopped
  void stopAll();  // stops and waits; a pipeline that hangs is abandoned after its deadline

 private:
  struct Running;  // how many have not reported Stopped yet

  const std::shared_ptr<Running> running_;
  std::unordered_map<io::Id, std::shared_ptr<gst::Pipeline>> pipelines_;
};

}  // namespace binding
