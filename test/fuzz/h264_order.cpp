#include "core/h264_order.hpp"

#include "fuzz/input.hpp"

namespace core {
namespace {

// Access units, each behind its length in two bytes.
void run(Input input) {
  H264Order order;
  PresentationTime times;
  Micros dts{0};
  size_t held = 0;
  while (!input.empty()) {
    const size_t size = input.word();
    const auto read = order.read(input.bytes(size));
    if (!read) return;
    require(read->depth <= 16);
    times.add(*read, dts);
    dts += Micros{1};
    ++held;
    while (const auto pts = times.next()) {
      require(*pts >= Micros{0} && *pts < dts);
      --held;
    }
    require(held <= 64);
  }
  times.finish();
  while (times.next()) --held;
  require(held == 0);
}

}  // namespace
}  // namespace core

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  core::run({data, size});
  return 0;
}
