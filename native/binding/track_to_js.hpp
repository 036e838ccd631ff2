#pragma once

#include "binding/napi.hpp"
#include "core/rtp_ring.hpp"
#include "core/track.hpp"

namespace binding {

const char* kindName(core::Kind kind);

// TrackInfo of lib/native/binding.ts. JS thread.
Napi::Object trackToJs(Napi::Env env, const core::Track& track);

// A Uint8Array of its own.
Napi::Object bytesToJs(Napi::Env env, core::ByteView bytes);

// RtpStart[] of lib/native/binding.ts.
Napi::Object startsToJs(Napi::Env env, const std::vector<core::RtpStart>& starts);

}  // namespace binding
