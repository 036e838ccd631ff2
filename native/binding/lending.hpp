#pragma once

#include "binding/block_table.hpp"
#include "binding/reader.hpp"

namespace binding {

// Answers a LendRequest of lib/native/binding.ts: NativeBlock[], or undefined when it is not there
// (any more). Throws a TypeError with the path of what is wrong.
Napi::Value lend(Reader& request, BlockTable& blocks);

}  // namespace binding
