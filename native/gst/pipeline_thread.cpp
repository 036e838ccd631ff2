#include "gst/pipeline_thread.hpp"

#include <pthread.h>

#include <utility>

namespace gst {

namespace {

gboolean runTask(gpointer data) {
  (*static_cast<PipelineThread::Task*>(data))();
  return G_SOURCE_REMOVE;
}

void freeTask(gpointer data) {
  std::unique_ptr<PipelineThread::Task> owned(static_cast<PipelineThread::Task*>(data));
}

}  // namespace

PipelineThread::PipelineThread(const std::string& name)
    : loop_(std::make_shared<Loop>()), thread_([loop = loop_, name = name.substr(0, 15)] {
        pthread_setname_np(pthread_self(), name.c_str());
        g_main_context_push_thread_default(loop->context.get());
        g_main_loop_run(loop->loop.get());
        g_main_context_pop_thread_default(loop->context.get());
      }) {}

PipelineThread::~PipelineThread() {
  assert(thread_.get_id() != std::this_thread::get_id());
  if (thread_.joinable()) thread_.join();
}

void PipelineThread::post(Task task) { attach(*loop_, std::move(task)); }

PipelineThread::Task PipelineThread::quitter() const {
  // Posted, because quitting a loop that does not run yet would have no effect.
  return [loop = loop_] { attach(*loop, [raw = loop->loop.get()] { g_main_loop_quit(raw); }); };
}

void PipelineThread::abandon() { thread_.detach(); }

void PipelineThread::attach(const Loop& loop, Task task) {
  const Source source(g_idle_source_new());
  // The priority of bus sources: tasks and messages keep their order.
  g_source_set_priority(source.get(), G_PRIORITY_DEFAULT);
  auto owned = std::make_unique<Task>(std::move(task));
  g_source_set_callback(source.get(), runTask, owned.release(),
                        freeTask);  // now owned by the source
  g_source_attach(source.get(), loop.context.get());
}

}  // namespace gst
