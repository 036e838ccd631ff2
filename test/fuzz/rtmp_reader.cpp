#include "core/rtmp_reader.hpp"

#include "fuzz/input.hpp"

#include <vector>

namespace core {
namespace {

struct Read {
  uint8_t type;
  uint32_t stream, timestamp;
  Bytes payload;
  bool operator==(const Read&) const = default;
};

struct Recorder final : rtmp::ChunkReader::Sink {
  void message(const rtmp::Message& it) override {
    all.push_back({it.type, it.stream, it.timestamp, {it.payload.begin(), it.payload.end()}});
  }
  std::vector<Read> all;
};

std::vector<Read> read(ByteView bytes, size_t step) {
  Recorder recorder;
  rtmp::ChunkReader reader(recorder);
  bool fits = true;
  while (!bytes.empty()) {
    const bool now = reader.push(bytes.first(std::min(step, bytes.size())));
    require(fits || !now);
    require(now == reader.reason().empty());
    fits = now;
    bytes = bytes.subspan(std::min(step, bytes.size()));
  }
  return recorder.all;
}

// Whatever the pieces, the messages are the same; and what is written anew is read again.
void run(Input input) {
  const size_t step = 1 + input.byte();
  const size_t chunkBytes = 1 + input.byte() * size_t{8};
  const ByteView bytes = input.all();
  const std::vector<Read> whole = read(bytes, bytes.size() + 1);
  require(whole == read(bytes, step));
  Bytes again;
  rtmp::ChunkWriter first(rtmp::kFirstChunkBytes);
  const Bytes size{0, 0, static_cast<uint8_t>(chunkBytes >> 8), static_cast<uint8_t>(chunkBytes)};
  first.append({rtmp::kSetChunkSize}, 2, {size}, again);
  rtmp::ChunkWriter writer(chunkBytes);
  for (const Read& it : whole)
    writer.append({it.type, it.stream, it.timestamp}, 5, {it.payload}, again);
  require(read(again, step) == whole);
}

}  // namespace
}  // namespace core

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  core::run({data, size});
  return 0;
}
