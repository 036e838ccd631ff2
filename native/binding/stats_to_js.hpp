#pragma once

#include "binding/block_table.hpp"
#include "binding/napi.hpp"
#include "io/stats.hpp"

#include <string>

namespace binding {

Napi::Object statsToJs(Napi::Env env, const io::StreamStats& stats);
Napi::Object statsToJs(Napi::Env env, const io::PipelineStats& stats);
Napi::Object statsToJs(Napi::Env env, const io::HubStats& stats, const BlockTable& blocks);

// Throws an Error with `code`; the reason's text begins with it, "EADDRINUSE: ...".
[[noreturn]] void throwSystemError(Napi::Env env, const std::string& reason);

}  // namespace binding
