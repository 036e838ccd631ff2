#pragma once

#include "core/rtmp_reader.hpp"

#include <vector>

// What a peer reads out of chunks.
namespace rtmp_messages {

struct Read : core::rtmp::MessageHead {
  core::Bytes payload;
};

class Recorder final : public core::rtmp::ChunkReader::Sink {
 public:
  void message(const core::rtmp::Message& message) override {
    all.push_back({message, {message.payload.begin(), message.payload.end()}});
  }
  std::vector<Read> all;
};

inline std::vector<Read> read(core::ByteView bytes, size_t chunkBytes) {
  Recorder recorder;
  core::rtmp::ChunkReader reader(recorder);
  core::Bytes size;
  core::rtmp::ChunkWriter(core::rtmp::kFirstChunkBytes)
      .append({core::rtmp::kSetChunkSize}, 2,
              {core::Bytes{
                  static_cast<uint8_t>(chunkBytes >> 24), static_cast<uint8_t>(chunkBytes >> 16),
                  static_cast<uint8_t>(chunkBytes >> 8), static_cast<uint8_t>(chunkBytes)}},
              size);
  reader.push(size);
  reader.push(bytes);
  return recorder.all;
}

}  // namespace rtmp_messages
