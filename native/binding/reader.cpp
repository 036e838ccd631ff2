#include "binding/reader.hpp"

#include <cmath>
#include <utility>

namespace binding {

namespace {
std::string show(Napi::Value value) {
  if (value.IsUndefined()) return "undefined";
  if (value.IsNull()) return "null";
  const bool plain = value.IsNumber() || value.IsString() || value.IsBoolean();
  return plain ? value.ToString().Utf8Value() : "an object or a function";
}

bool isInteger(Napi::Value value, double most) {
  if (!value.IsNumber()) return false;
  const double number = value.As<Napi::Number>().DoubleValue();
  return number >= 0 && number <= most && std::floor(number) == number;
}

core::Bytes copyBytes(Napi::Value value, const std::string& path) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array)
    refuse(value.Env(), path, "a Uint8Array", value);
  const auto array = value.As<Napi::Uint8Array>();
  return {array.Data(), array.Data() + array.ByteLength()};
}
}  // namespace

void refuse(Napi::Env env, const std::string& path, const std::string& what, Napi::Value got) {
  throw Napi::TypeError::New(env, "Expected `" + path + "` to be " + what + ", got " + show(got));
}

uint32_t readId(const Napi::CallbackInfo& info, size_t index, const char* name) {
  if (!isInteger(info[index], UINT32_MAX)) refuse(info.Env(), name, "an id", info[index]);
  return info[index].As<Napi::Number>().Uint32Value();
}

Reader::Reader(Napi::Value value, std::string path) : path_(std::move(path)) {
  if (!value.IsObject() || value.IsFunction()) refuse(value.Env(), path_, "an object", value);
  object_ = value.As<Napi::Object>();
}

Napi::Value Reader::take(const char* key) {
  read_.insert(key);
  return object_.Get(key);
}

std::string Reader::text(const char* key) {
  const Napi::Value value = take(key);
  if (!value.IsString()) refuse(env(), pathOf(key), "a string", value);
  return value.As<Napi::String>().Utf8Value();
}

bool Reader::boolean(const char* key) {
  const Napi::Value value = take(key);
  if (!value.IsBoolean()) refuse(env(), pathOf(key), "a boolean", value);
  return value.As<Napi::Boolean>().Value();
}

uint64_t Reader::number(const char* key, uint64_t most) {
  const Napi::Value value = take(key);
  if (!isInteger(value, static_cast<double>(most)))
    refuse(env(), pathOf(key), "an integer of 0 to " + std::to_string(most), value);
  return static_cast<uint64_t>(value.As<Napi::Number>().Int64Value());
}

core::Micros Reader::micros(const char* key) {
  constexpr uint64_t kMost = uint64_t{1} << 53;
  return core::Micros{static_cast<int64_t>(number(key, kMost))};
}

core::Bytes Reader::bytes(const char* key) { return copyBytes(take(key), pathOf(key)); }

Napi::Array Reader::list(const char* key) {
  const Napi::Value value = take(key);
  if (!value.IsArray()) refuse(env(), pathOf(key), "an array", value);
  return value.As<Napi::Array>();
}

std::vector<core::Bytes> Reader::bytesList(const char* key) {
  const Napi::Array items = list(key);
  std::vector<core::Bytes> all;
  for (uint32_t index = 0; index < items.Length(); ++index)
    all.push_back(copyBytes(items.Get(index), pathOf(key) + "[" + std::to_string(index) + "]"));
  return all;
}

Reader Reader::object(const char* key) { return {take(key), pathOf(key)}; }

std::vector<Reader> Reader::objects(const char* key) {
  const Napi::Array items = list(key);
  std::vector<Reader> all;
  for (uint32_t index = 0; index < items.Length(); ++index)
    all.emplace_back(items.Get(index), pathOf(key) + "[" + std::to_string(index) + "]");
  return all;
}

void Reader::done() const {
  const Napi::Array names = object_.GetPropertyNames();
  for (uint32_t index = 0; index < names.Length(); ++index) {
    const std::string name = names.Get(index).ToString().Utf8Value();
    if (!read_.contains(name))
      throw Napi::TypeError::New(env(), "Expected no key `" + path_ + "." + name + "`");
  }
}

}  // namespace binding
