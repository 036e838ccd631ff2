#include "io/clock.hpp"

#include <chrono>

namespace io {

namespace {
using std::chrono::duration_cast;

core::Micros wall() {
  return duration_cast<core::Micros>(std::chrono::system_clock::now().time_since_epoch());
}

core::Micros monotonic() {
  return duration_cast<core::Micros>(std::chrono::steady_clock::now().time_since_epoch());
}
}  // namespace

core::Micros now() {
  static const core::Micros offset = wall() - monotonic();
  return monotonic() + offset;
}

}  // namespace io
