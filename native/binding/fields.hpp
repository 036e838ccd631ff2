#pragma once

#include "binding/napi.hpp"
#include "core/bytes.hpp"

#include <string>
#include <type_traits>

namespace binding {

// A JavaScript object that is filled field by field; times and sizes become numbers. JS thread.
class Fields {
 public:
  explicit Fields(Napi::Env env) : env_(env), object_(Napi::Object::New(env)) {}

  Fields& set(const char* name, const std::string& value) {
    object_.Set(name, Napi::String::New(env_, value));
    return *this;
  }
  Fields& set(const char* name, const char* value) { return set(name, std::string(value)); }
  Fields& set(const char* name, bool value) {
    object_.Set(name, Napi::Boolean::New(env_, value));
    return *this;
  }
  template <typename Number>
  requires std::is_arithmetic_v<Number> Fields& set(const char* name, Number value) {
    object_.Set(name, Napi::Number::New(env_, static_cast<double>(value)));
    return *this;
  }
  Fields& set(const char* name, core::Micros value) { return set(name, value.count()); }
  Fields& set(const char* name, Napi::Object value) {
    object_.Set(name, value);
    return *this;
  }

  Napi::Env env() const { return env_; }
  Napi::Object object() const { return object_; }

 private:
  Napi::Env env_;
  Napi::Object object_;
};

}  // namespace binding
