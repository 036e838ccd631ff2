#include "core/reorder_buffer.hpp"

#include "fuzz/input.hpp"

namespace core {
namespace {

// What the fuzzer made up: each packet is a step of the sequence number, a byte of flags (1 another
// source, 2 a large packet, 4 its number is new), and a pause in milliseconds.
void run(Input input) {
  uint64_t given = 0;
  uint64_t pushed = 0;
  ReorderBuffer buffer([&](ReorderBuffer::Packet&&) { ++given; });
  ReorderBuffer::Packet packet;
  while (!input.empty()) {
    const auto step = static_cast<int8_t>(input.byte());
    const uint8_t flags = input.byte();
    packet.sequence = static_cast<uint16_t>(flags & 4 ? input.word() : packet.sequence + step);
    packet.ssrc = flags & 1;
    packet.bytes.assign(flags & 2 ? 60'000 : 12, 0);
    packet.arrival += Micros{int64_t{input.byte()} * 1000};
    ++pushed;
    buffer.push(ReorderBuffer::Packet(packet));
    require(given + buffer.dropped() <= pushed);
    require(pushed - given - buffer.dropped() <= ReorderBuffer::kMaxPackets);
  }
  buffer.expire(packet.arrival + ReorderBuffer::kMaxWait);
  require(buffer.empty());
  require(given + buffer.dropped() == pushed);
}

}  // namespace
}  // namespace core

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  core::run({data, size});
  return 0;
}
