#pragma once

#include "binding/napi.hpp"
#include "core/bytes.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace binding {

// Reads an object that came from JavaScript, key by key. A missing key, a wrong type and a key that
// nobody asked for throw a TypeError with the path ("spec.tracks[0].channel"). JS thread.
class Reader {
 public:
  Reader(Napi::Value value, std::string path);

  bool has(const char* key) const { return !object_.Get(key).IsUndefined(); }
  std::string text(const char* key);
  bool boolean(const char* key);
  // An integer of 0 to `most`.
  uint64_t number(const char* key, uint64_t most = UINT32_MAX);
  core::Micros micros(const char* key);
  core::Bytes bytes(const char* key);
  std::vector<core::Bytes> bytesList(const char* key);
  Reader object(const char* key);
  std::vector<Reader> objects(const char* key);
  // Comes last: throws when there is a key that was not read.
  void done() const;

  Napi::Env env() const { return object_.Env(); }
  std::string pathOf(const char* key) const { return path_ + "." + key; }

 private:
  Napi::Value take(const char* key);
  Napi::Array list(const char* key);

  Napi::Object object_;
  std::string path_;
  std::set<std::string> read_;
};

// Throws "Expected `path` to be WHAT, got VALUE".
[[noreturn]] void refuse(Napi::Env env, const std::string& path, const std::string& what,
                         Napi::Value got);
// The argument as an integer of 0 to 4294967295.
uint32_t readId(const Napi::CallbackInfo& info, size_t index, const char* name);

}  // namespace binding
