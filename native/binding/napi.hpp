#pragma once

// The only include of napi.h, so that these switches always come first.
#define NODE_ADDON_API_DISABLE_DEPRECATED
// Without it worker.terminate() during an event aborts the process.
#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#include <napi.h>
