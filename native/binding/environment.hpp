#pragma once

#include "binding/block_table.hpp"
#include "binding/event_queue.hpp"
#include "binding/fields.hpp"
#include "binding/pipeline_table.hpp"
#include "binding/reader.hpp"
#include "io/hub.hpp"

#include <memory>
#include <unordered_set>
#include <vector>

namespace binding {

// What one JavaScript environment (the main one, or a worker) owns. JS thread.
//
// Teardown runs in a cleanup hook, because finalizers come too late and not always:
// 1. nothing is told to JavaScript any more (calls into a dying environment abort the process);
// 2. everything this environment opened is closed, pipelines are stopped and waited for (each has a
//    deadline of its own), so that no thread calls back into what is destroyed next;
// 3. the hub is let go; the last environment stops the media threads.
class Environment {
 public:
  explicit Environment(Napi::Env env);

  void open(Napi::Function onEvents);
  // Throws before open().
  const io::OwnerRef& owner();
  BlockTable& blocks() { return *blocks_; }
  PipelineTable& pipelines() { return pipelines_; }
  // Takes note of something that has been opened; it keeps the event loop alive until its last
  // event.
  void opened(io::Id id);

  io::Id start(Reader& spec);
  void command(io::Id id, Reader& command);

 private:
  void ended(io::Id id);
  void commandReader(io::Id output, const std::string& type, Reader& command);
  void readConnection(io::Id ingest, Reader& command);
  void writeBytes(io::Id output, Reader& command);
  void checkProgress(io::Id output, Reader& command);
  void shutDown();

  const Napi::Env env_;
  const std::shared_ptr<BlockTable> blocks_ = std::make_shared<BlockTable>();
  std::shared_ptr<EventQueue> queue_;
  io::OwnerRef owner_;
  std::unordered_set<io::Id> open_;
  PipelineTable pipelines_;
};

}  // namespace binding
