#pragma once

#include "core/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>

// RTMP's chunks (Adobe's Real Time Messaging Protocol 1.0, section 5.3).
namespace core::rtmp {

// Of messages; those of media have the types of FLV's tags.
enum MessageType : uint8_t {
  kSetChunkSize = 1,
  kAbort = 2,
  kAudio = 8,
  kVideo = 9,
  kAggregate = 22,
};

constexpr size_t kFirstChunkBytes = 128;  // until the sender says otherwise
constexpr uint32_t kExtended = 0xffffff;  // the time stands behind the header

struct MessageHead {
  uint8_t type = 0;
  uint32_t stream = 0;  // which createStream() made
  uint32_t timestamp = 0;  // milliseconds
};

struct Message : MessageHead {
  ByteView payload;
};

// Cuts messages into chunks. Each begins with a full header, so that what is written does not hang
// on what was written before it, and can be shared.
class ChunkWriter {
 public:
  explicit ChunkWriter(size_t chunkBytes) : chunkBytes_(chunkBytes) {}

  // Of a message whose payload has so many bytes.
  size_t sizeOf(size_t payload) const;
  // `chunkStream`: 2 to 63. The payload is that of the parts, one after the other.
  void append(const MessageHead& head, uint8_t chunkStream, std::initializer_list<ByteView> parts,
              Bytes& out) const;

 private:
  const size_t chunkBytes_;
};

}  // namespace core::rtmp
