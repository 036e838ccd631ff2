#pragma once

#include "binding/block_table.hpp"
#include "binding/napi.hpp"
#include "io/event.hpp"
#include "io/owner.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace binding {

// The only road from native threads to JavaScript: one queue and one thread-safe function for each
// environment; one call for all that is ready.
class EventQueue {
 public:
  using Entry = std::pair<io::Id, io::Event>;

  // `onLast` runs on the JS thread when JavaScript is about to hear the last event of an id.
  using OnLast = std::function<void(io::Id)>;
  EventQueue(Napi::Env env, Napi::Function onEvents, std::shared_ptr<BlockTable> blocks,
             OnLast onLast);

  void emit(io::Id id, io::Event event);  // any thread; dropped after close()
  void hold(Napi::Env env);  // JS thread: one thing more is open, the loop stays alive
  void close();  // JS thread, from the cleanup hook

 private:
  static void dispatch(Napi::Env env, Napi::Function onEvents, EventQueue* queue, void*);
  using Function = Napi::TypedThreadSafeFunction<EventQueue, void, dispatch>;
  std::vector<Entry> takeAll();
  void letGo(Napi::Env env, const std::vector<Entry>& entries);
  void forget(const std::vector<Entry>& entries);

  std::mutex mutex_;  // guards what follows, and every call of function_ off the JS thread
  bool open_ = true;
  bool called_ = false;  // a call is under way
  std::vector<Entry> entries_;
  Function function_;

  const std::shared_ptr<BlockTable> blocks_;
  const OnLast onLast_;
  int held_ = 0;  // JS thread only
};

Napi::Object toJs(Napi::Env env, io::Id id, const io::Event& event, BlockTable& blocks);

}  // namespace binding
