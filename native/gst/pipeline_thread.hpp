#pragma once

#include "gst/ref.hpp"

#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace gst {

// A thread that runs a GMainContext of its own. It is ended through quitter(), then
// the destructor joins; or abandon(), when it is known to hang somewhere, and it does not.
class PipelineThread {
 public:
  using Task = std::function<void()>;

  explicit PipelineThread(const std::string& name);
  ~PipelineThread();
  PipelineThread(const PipelineThread&) = delete;
  PipelineThread& operator=(const PipelineThread&) = delete;

  // Any thread. Tasks run in the order they were posted, never inline, so that the caller may hold
  // a lock. What is posted after the end is dropped by the destructor.
  void post(Task task);

  // Ends the thread after what has been posted so far; for any thread, to be called once. It holds
  // the queue of tasks, so whoever a task holds must drop it when it is done.
  Task quitter() const;

  // The owner's thread. The thread goes on alone, with everything that its tasks hold.
  void abandon();

 private:
  // Held by the thread as well, because an abandoned one outlives this object.
  struct Loop {
    MainContext context{g_main_context_new()};
    MainLoop loop{g_main_loop_new(context.get(), FALSE)};
  };
  static void attach(const Loop& loop, Task task);

  const std::shared_ptr<Loop> loop_;
  std::thread thread_;
};

}  // namespace gst
