#include "binding/event_queue.hpp"

namespace binding {

EventQueue::EventQueue(Napi::Env env, Napi::Function onEvents, std::shared_ptr<BlockTable> blocks,
                       OnLast onLast)
    : function_(Function::New(env, onEvents, "sluice events", 0, 1, this)),
      blocks_(std::move(blocks)),
      onLast_(std::move(onLast)) {
  function_.Unref(env);
}

void EventQueue::emit(io::Id id, io::Event event) {
  std::lock_guard lock(mutex_);
  if (!open_) return;
  entries_.emplace_back(id, std::move(event));
  if (std::exchange(called_, true)) return;
  // After any status but ok Node-API forbids further calls: the environment is closing.
  if (function_.NonBlockingCall() != napi_ok) open_ = false;
}

void EventQueue::hold(Napi::Env env) {
  if (held_++ == 0) function_.Ref(env);
}

void EventQueue::close() {
  std::lock_guard lock(mutex_);
  if (!std::exchange(open_, false)) return;
  function_.Release();
}

std::vector<EventQueue::Entry> EventQueue::takeAll() {
  std::lock_guard lock(mutex_);
  called_ = false;
  return std::exchange(entries_, {});
}

void EventQueue::dispatch(Napi::Env env, Napi::Function onEvents, EventQueue* queue, void*) {
  if (env == nullptr || onEvents == nullptr) return;  // draining at teardown
  const std::vector<Entry> entries = queue->takeAll();
  if (entries.empty()) return;
  // Before the call: a listener that throws must not keep the event loop alive.
  queue->letGo(env, entries);
  Napi::HandleScope scope(env);
  auto batch = Napi::Array::New(env, entries.size());
  for (uint32_t index = 0; index < entries.size(); ++index)
    batch.Set(index, toJs(env, entries[index].first, entries[index].second, *queue->blocks_));
  try {
    onEvents.Call({batch});
  } catch (...) {
    queue->forget(entries);
    throw;
  }
  queue->forget(entries);
}

namespace {

bool isLast(const io::Event& event) {
  return std::holds_alternative<io::Stopped>(event) || std::holds_alternative<io::Closed>(event);
}

}  // namespace

void EventQueue::letGo(Napi::Env env, const std::vector<Entry>& entries) {
  for (const auto& [id, event] : entries)
    if (isLast(event) && --held_ == 0) function_.Unref(env);
}

// After the call: a listener may ask how far it came that fails and stops in one batch.
void EventQueue::forget(const std::vector<Entry>& entries) {
  for (const auto& [id, event] : entries)
    if (isLast(event)) onLast_(id);
}

}  // namespace binding
