#include "gst/pipeline.hpp"

#include "gst/elements.hpp"
#include "io/hub.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>

namespace gst {

namespace {

// rtspsrc, v4l2src, srtsrc and files on a lost network mount can hang in a change of state for
// good.
constexpr std::chrono::seconds kStopDeadline{5};

std::string threadName(uint32_t id) { return "pipeline-" + std::to_string(id); }

}  // namespace

// All that the pipeline's thread touches. Shared by it, its posted tasks, the bus watch, the
// deadline and the Pipeline, because a thread that is abandoned goes on with it alone.
class Pipeline::Run final : public Control, public std::enable_shared_from_this<Run> {
 public:
  Run(uint32_t id, std::unique_ptr<Recipe> recipe, OnEvent onEvent, PipelineThread::Task quit)
      : id_(id), onEvent_(std::move(onEvent)), recipe_(std::move(recipe)), quit_(std::move(quit)) {}

  // Pipeline thread.
  void begin();
  void changeTo(GstState state);
  void play();
  void pause();
  void finishMedia();
  void end();

  // Any thread.
  void emit(io::Event event) override;
  void armDeadline();

  // The owner's thread, after Stopped. True: the pipeline's thread has been left behind.
  bool settle();

 private:
  void watchBus();
  void handle(GstMessage* message);
  void fail(io::Failed failed);
  void reportState(GstMessage* message);
  void reportProgress(GstMessage* message);
  void drainErrors();
  void finish();
  void awaitStopped();

  const uint32_t id_;
  const OnEvent onEvent_;

  // Pipeline thread only.
  std::unique_ptr<Recipe> recipe_;
  PipelineThread::Task quit_;
  Element pipeline_;
  Source busSource_;
  GstState reported_ = GST_STATE_NULL;
  bool ended_ = false;

  std::mutex mutex_;  // guards what follows, and keeps events in order: held while one is told
  std::condition_variable stopping_;
  bool settled_ = false;  // the end or a failure has been told
  bool stopped_ = false;
  bool abandoned_ = false;
  std::thread deadline_;
};

Pipeline::Pipeline(uint32_t id, std::unique_ptr<Recipe> recipe, OnEvent onEvent)
    : meter_(recipe->meter()),
      thread_(threadName(id)),
      run_(std::make_shared<Run>(id, std::move(recipe), std::move(onEvent), thread_.quitter())) {
  thread_.post([run = run_] { run->begin(); });
}

Pipeline::~Pipeline() {
  if (run_->settle()) thread_.abandon();
}

void Pipeline::play() {
  thread_.post([run = run_] { run->play(); });
}

void Pipeline::pause() {
  thread_.post([run = run_] { run->pause(); });
}

void Pipeline::finish() {
  thread_.post([run = run_] { run->finishMedia(); });
}

void Pipeline::stop() {
  run_->armDeadline();
  thread_.post([run = run_] { run->end(); });
}

void Pipeline::Run::begin() {
  if (ended_) return;
  Recipe::Built built = recipe_->build(*this);
  if (auto* failure = std::get_if<io::Failed>(&built)) {
    emit(std::move(*failure));
    return end();
  }
  pipeline_ = std::move(std::get<Element>(built));
  tieToHub(pipeline_.get(), id_);
  watchBus();
  changeTo(recipe_->startsPaused() ? GST_STATE_PAUSED : GST_STATE_PLAYING);
}

void Pipeline::Run::watchBus() {
  const Bus bus(gst_element_get_bus(pipeline_.get()));
  busSource_.reset(gst_bus_create_watch(bus.get()));
  const GstBusFunc take = [](GstBus*, GstMessage* message, gpointer run) -> gboolean {
    // A reference of its own: end() drops the one that the source has.
    const auto self = *static_cast<std::shared_ptr<Run>*>(run);
    self->handle(message);
    return G_SOURCE_CONTINUE;
  };
  const GDestroyNotify drop = [](gpointer run) {
    std::unique_ptr<std::shared_ptr<Run>> owned(static_cast<std::shared_ptr<Run>*>(run));
  };
  auto self = std::make_unique<std::shared_ptr<Run>>(shared_from_this());
  g_source_set_callback(busSource_.get(), G_SOURCE_FUNC(take), self.release(),
                        drop);  // now owned by the source
  g_source_attach(busSource_.get(), g_main_context_get_thread_default());
}

void Pipeline::Run::changeTo(GstState state) {
  if (ended_ || !pipeline_) return;
  if (gst_element_set_state(pipeline_.get(), state) == GST_STATE_CHANGE_FAILURE) {
    drainErrors();
    emit(io::Failed{"PIPELINE_ERROR", "The pipeline could not start", ""});
    end();
  }
}

void Pipeline::Run::play() {
  if (!ended_ && pipeline_ && !recipe_->play(pipeline_.get())) changeTo(GST_STATE_PLAYING);
}

void Pipeline::Run::pause() {
  if (!ended_ && pipeline_ && !recipe_->pause(pipeline_.get())) changeTo(GST_STATE_PAUSED);
}

void Pipeline::Run::finishMedia() {
  if (!ended_ && pipeline_) recipe_->finish(pipeline_.get());
}

void Pipeline::Run::handle(GstMessage* message) {
  if (ended_) return;
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR:
      return fail(recipe_->explain(BusError(message)));
    case GST_MESSAGE_EOS:
      if (recipe_->goesOn(pipeline_.get())) return;
      emit(io::EndOfStream{});
      return end();
    case GST_MESSAGE_STATE_CHANGED:
      return reportState(message);
    case GST_MESSAGE_PROGRESS:
      return reportProgress(message);
    case GST_MESSAGE_APPLICATION:
      return recipe_->take(pipeline_.get(), *gst_message_get_structure(message));
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency(GST_BIN(pipeline_.get()));
      return;
    case GST_MESSAGE_CLOCK_LOST:  // a pass through PAUSED makes the pipeline choose another
      changeTo(GST_STATE_PAUSED);
      return changeTo(GST_STATE_PLAYING);
    default:
      return;
  }
}

void Pipeline::Run::fail(io::Failed failed) {
  if (recipe_->outlives(failed)) return;
  emit(std::move(failed));
  end();
}

void Pipeline::Run::reportState(GstMessage* message) {
  if (GST_MESSAGE_SRC(message) != GST_OBJECT_CAST(pipeline_.get())) return;
  GstState state;
  GstState pending;
  gst_message_parse_state_changed(message, nullptr, &state, &pending);
  // PAUSED on the way to PLAYING is not a state that anybody asked for.
  if (pending != GST_STATE_VOID_PENDING || state < GST_STATE_PAUSED) return;
  if (std::exchange(reported_, state) == state || !recipe_->tells(state)) return;
  emit(io::StateChanged{state == GST_STATE_PLAYING ? "playing" : "paused"});
}

void Pipeline::Run::reportProgress(GstMessage* message) {
  GstProgressType type;
  gchar* made = nullptr;
  gst_message_parse_progress(message, &type, &made, nullptr);
  const String step(made);
  if (type == GST_PROGRESS_TYPE_COMPLETE) recipe_->completed(step.get());
}

void Pipeline::Run::end() {
  if (std::exchange(ended_, true)) return;
  armDeadline();
  if (busSource_) g_source_destroy(busSource_.get());
  busSource_.reset();
  if (pipeline_) {
    drainErrors();
    gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  }
  pipeline_.reset();
  recipe_.reset();
  finish();
  std::exchange(quit_, nullptr)();
}

// Going to NULL flushes the bus, and with it perhaps the cause of everything.
void Pipeline::Run::drainErrors() {
  const Bus bus(gst_element_get_bus(pipeline_.get()));
  while (const Message message{gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR)})
    emit(recipe_->explain(BusError(message.get())));
}

void Pipeline::Run::emit(io::Event event) {
  std::lock_guard lock(mutex_);
  if (stopped_) return;
  const bool outcome =
      std::holds_alternative<io::Failed>(event) || std::holds_alternative<io::EndOfStream>(event);
  if (outcome && std::exchange(settled_, true)) return;
  onEvent_(std::move(event));
}

void Pipeline::Run::finish() {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(stopped_, true)) return;
    onEvent_(io::Stopped{});
  }
  stopping_.notify_all();
}

void Pipeline::Run::armDeadline() {
  std::lock_guard lock(mutex_);
  if (stopped_ || deadline_.joinable()) return;
  deadline_ = std::thread([self = shared_from_this()] { self->awaitStopped(); });
}

void Pipeline::Run::awaitStopped() {
  std::unique_lock lock(mutex_);
  if (stopping_.wait_for(lock, kStopDeadline, [this] { return stopped_; })) return;
  stopped_ = abandoned_ = true;
  io::Hub::instance().countAbandoned();
  if (!std::exchange(settled_, true))
    onEvent_(io::Failed{"PIPELINE_STUCK", "The pipeline did not stop within 5 s", ""});
  onEvent_(io::Stopped{});
}

bool Pipeline::Run::settle() {
  assert(stopped_ && "stop() and Stopped come before the destructor");
  if (deadline_.joinable()) deadline_.join();
  return abandoned_;
}

}  // namespace gst
