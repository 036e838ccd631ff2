#include "binding/block_table.hpp"

#include <utility>

namespace binding {

// Shared by the table and the ArrayBuffer's finalizer: whoever comes first lets go of the bytes.
struct BlockTable::Held {
  std::weak_ptr<BlockTable> table;
  core::BlockRef block;
  uint32_t id;
};

namespace {
Napi::Object describe(Napi::Env env, uint32_t id, Napi::ArrayBuffer data) {
  auto object = Napi::Object::New(env);
  object.Set("id", id);
  object.Set("data", data);
  return object;
}
}  // namespace

Napi::Object BlockTable::lend(Napi::Env env, const core::BlockRef& block) {
  if (const auto known = ids_.find(block.get()); known != ids_.end()) {
    const Napi::ArrayBuffer data = loans_.at(known->second).data.Value();
    if (!data.IsEmpty()) return describe(env, known->second, data);
    forget(known->second);  // collected, its finalizer has not run yet
  }
  const uint32_t id = ++lastId_;
  auto held = std::make_shared<Held>(Held{weak_from_this(), block, id});
  auto boxed = std::make_unique<std::shared_ptr<Held>>(held);
  auto data = Napi::ArrayBuffer::New(
      env, const_cast<uint8_t*>(block->bytes().data()), block->size(),
      [](Napi::Env, void*, std::shared_ptr<Held>* raw) {
        const std::unique_ptr<std::shared_ptr<Held>> mine(raw);
        if (const auto table = (*mine)->table.lock()) table->forget((*mine)->id);
      },
      boxed.release());  // now owned by the ArrayBuffer
  loans_.try_emplace(id, std::move(held), data);
  ids_[block.get()] = id;
  bytes_ += block->size();
  return describe(env, id, data);
}

void BlockTable::release(uint32_t id) {
  const auto loan = loans_.find(id);
  if (loan == loans_.end()) return;
  Napi::ArrayBuffer data = loan->second.data.Value();
  if (!data.IsEmpty() && !data.IsDetached()) data.Detach();
  forget(id);
}

core::BlockRef BlockTable::find(uint32_t id) const {
  const auto loan = loans_.find(id);
  return loan == loans_.end() ? nullptr : loan->second.held->block;
}

// The finalizer of a detached ArrayBuffer runs some turns later; the bytes do not wait for it.
void BlockTable::forget(uint32_t id) {
  const auto loan = loans_.find(id);
  if (loan == loans_.end()) return;
  const core::BlockRef block = std::exchange(loan->second.held->block, nullptr);
  bytes_ -= block->size();
  ids_.erase(block.get());
  loans_.erase(loan);
}

}  // namespace binding
