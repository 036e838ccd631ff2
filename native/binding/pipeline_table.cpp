#include "binding/pipeline_table.hpp"

#include "binding/pipeline_spec.hpp"
#include "io/hub.hpp"
#include "pipelines/start.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace binding {

struct PipelineTable::Running {
  void add() {
    std::lock_guard lock(mutex);
    ++count;
  }
  void remove() {
    std::lock_guard lock(mutex);
    --count;
    changed.notify_all();
  }
  void waitForNone() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return count == 0; });
  }

  std::mutex mutex;
  std::condition_variable changed;
  int count = 0;
};

PipelineTable::PipelineTable() : running_(std::make_shared<Running>()) {}
PipelineTable::~PipelineTable() = default;

io::Id PipelineTable::start(Reader& reader, const io::OwnerRef& owner) {
  std::string domain = reader.text("domain");
  pipelines::Spec spec = readPipelineSpec(reader);
  if (auto* snapshot = std::get_if<pipelines::SnapshotSpec>(&spec)) {
    const gst::Pipeline* pipeline = find(snapshot->pipeline);
    if (pipeline) snapshot->meter = pipeline->meter();
  }
  io::Hub& hub = io::Hub::instance();
  const io::Id id = hub.nextId();
  hub.registerPipeline(owner, id, std::move(domain), pipelines::pathOf(spec));
  running_->add();
  pipelines_[id] =
      pipelines::start(id, std::move(spec), [owner, id, running = running_](io::Event event) {
        const bool last = std::holds_alternative<io::Stopped>(event);
        owner->emit(id, std::move(event));
        if (last) running->remove();
      });
  return id;
}

gst::Pipeline* PipelineTable::find(io::Id id) {
  const auto found = pipelines_.find(id);
  return found == pipelines_.end() ? nullptr : found->second.get();
}

void PipelineTable::stop(io::Id id) {
  if (gst::Pipeline* pipeline = find(id)) pipeline->stop();
}

void PipelineTable::ended(io::Id id) {
  if (pipelines_.erase(id) > 0) io::Hub::instance().unregisterPipeline(id);
}

void PipelineTable::stopAll() {
  for (const auto& [id, pipeline] : pipelines_) pipeline->stop();
  running_->waitForNone();
  while (!pipelines_.empty()) ended(pipelines_.begin()->first);
}

}  // namespace binding
