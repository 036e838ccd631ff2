#pragma once

#include "core/bytes.hpp"

namespace io {

// The server clock: wall time at the start of the process + monotonic time since, in microseconds
// of the Unix epoch. Later steps of the system's clock do not move it. Any thread.
core::Micros now();

}  // namespace io
