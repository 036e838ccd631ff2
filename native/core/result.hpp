#pragma once

#include <string>
#include <utility>
#include <variant>

namespace core {

// Why a parser refused its input: one lower-case clause without a full stop, "expected 4 bytes, got
// 2".
struct Reason {
  std::string text;
};

// A value or the reason why there is none. Parsers return it; they never throw.
template <typename T>
class Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Reason reason) : state_(std::move(reason)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return std::get<0>(state_); }
  const T& operator*() const { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Reason& reason() const { return std::get<1>(state_); }

 private:
  std::variant<T, Reason> state_;
};

}  // namespace core
