#include "core/deframer.hpp"

#include "core/packet.hpp"
#include "fuzz/input.hpp"

namespace core {
namespace {

constexpr size_t kMaxFrame = 65539;
constexpr size_t kMaxMessage = 1024 * 1024;

// Everything that comes out lies in what was pushed, in order and without overlap.
struct Sink final : RtspDeframer::Sink {
  const uint8_t* end = nullptr;  // of what came out last
  const uint8_t* limit = nullptr;
  size_t out = 0;

  void packet(uint8_t, ByteView payload) override { take(payload, 4); }
  void text(std::string_view message) override {
    take({reinterpret_cast<const uint8_t*>(message.data()), message.size()}, 0);
    require(message.size() <= kMaxMessage);
    require(message.find("RTSP/") != message.npos);
  }
  void resynchronised(size_t skipped) override {
    require(skipped > 0);
    out += skipped;
  }

  void take(ByteView bytes, size_t header) {
    require(bytes.data() >= end + header);
    require(bytes.data() + bytes.size() <= limit);
    end = bytes.data() + bytes.size();
    out += bytes.size() + header;
  }
};

void run(Input input) {
  Sink sink;
  RtspDeframer deframer(sink);
  deframer.expectChannel(0, ChannelKind::rtp);
  deframer.expectChannel(1, ChannelKind::rtcp);
  deframer.expectChannel(2, ChannelKind::rtp);
  const size_t step = 1 + input.byte() * size_t{16};
  const size_t total = input.size();
  Bytes waiting;
  while (!input.empty()) {
    const ByteView chunk = input.bytes(step);
    waiting.insert(waiting.end(), chunk.begin(), chunk.end());
    sink.end = waiting.data();
    sink.limit = waiting.data() + waiting.size();
    const size_t used = deframer.push(waiting);
    require(used <= waiting.size());
    waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(used));
    const bool message = !waiting.empty() && waiting[0] >= 'A' && waiting[0] <= 'Z';
    require(waiting.size() <= (message ? kMaxMessage : kMaxFrame));
  }
  require(sink.out <= total);
}

}  // namespace
}  // namespace core

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  core::run({data, size});
  return 0;
}
