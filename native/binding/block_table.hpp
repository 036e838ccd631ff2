#pragma once

#include "binding/napi.hpp"
#include "core/bytes.hpp"

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>

namespace binding {

// The blocks that JavaScript holds: each an ArrayBuffer over native memory, without a copy. JS
// thread.
//
// 1. A block is lent once at a time: asked for again, it comes with the same id and the same
//    ArrayBuffer, so that no two ArrayBuffers of one environment share an address.
// 2. release() detaches first, then frees: nothing in JavaScript can look at freed memory.
// 3. The finalizer is only the safety net for what JavaScript forgot.
class BlockTable : public std::enable_shared_from_this<BlockTable> {
 public:
  // {id, data}
  Napi::Object lend(Napi::Env env, const core::BlockRef& block);
  void release(uint32_t id);
  // nullptr: it is not on loan.
  core::BlockRef find(uint32_t id) const;

  size_t count() const { return loans_.size(); }
  size_t bytes() const { return bytes_; }

 private:
  struct Held;  // what the finalizer of an ArrayBuffer owns
  struct Loan {
    Loan(std::shared_ptr<Held> held, Napi::ArrayBuffer data)
        : held(std::move(held)), data(Napi::Reference<Napi::ArrayBuffer>::New(data)) {}
    Loan(Loan&&) = delete;
    const std::shared_ptr<Held> held;
    const Napi::Reference<Napi::ArrayBuffer> data;  // weak: the finalizer can still run
  };
  void forget(uint32_t id);

  uint32_t lastId_ = 0;
  size_t bytes_ = 0;
  std::unordered_map<uint32_t, Loan> loans_;
  std::unordered_map<const core::Block*, uint32_t> ids_;
};

}  // namespace binding
