#pragma once

#include "core/rtmp_chunks.hpp"

#include <array>
#include <map>
#include <string>

namespace core::rtmp {

// Puts the chunks of one connection together to messages, in any sizes and pieces; does no I/O.
// Chunk sizes and aborted messages are its own affair, all other messages are the sink's.
//
// What a stranger can make it hold is bounded: 64 chunk streams, 16 MB of messages that are not
// whole, 256 KB of any that is not media.
class ChunkReader {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void message(const Message& message) = 0;  // its payload: until the call returns
  };
  explicit ChunkReader(Sink& sink) : sink_(sink) {}

  // False: this is no RTMP, `reason` says why; it takes nothing any more.
  bool push(ByteView bytes);
  const std::string& reason() const { return reason_; }

 private:
  struct ChunkStream {
    MessageHead head;
    uint32_t size = 0;  // of the message
    uint32_t delta = 0;  // of the next message that has no time of its own
    uint32_t field = 0;  // the time as it stood in the last header
    Bytes payload;  // of the message so far
    bool isExtended() const { return field >= kExtended; }
  };
  // The header of the next chunk, as much of it as has come.
  struct Header {
    uint8_t format() const { return bytes[0] >> 6; }
    size_t basicSize() const;
    uint32_t chunkStream() const;
    size_t messageSize() const;
    uint32_t number(size_t at, size_t count) const;

    std::array<uint8_t, 18> bytes{};
    size_t size = 0;
  };

  bool gather(size_t count, ByteView& bytes);
  void readHeader(ByteView& bytes);
  void beginChunk(ChunkStream& stream, uint32_t time);
  void continueChunk(ChunkStream& stream);
  void expect(ChunkStream& stream);
  ChunkStream* find(uint32_t id);
  void take(ByteView& bytes);
  void finish(const ChunkStream& stream, ByteView payload);
  void setChunkSize(ByteView payload);
  void abort(ByteView payload);
  void fail(std::string reason);

  Sink& sink_;
  std::string reason_;  // not empty: it has failed
  size_t chunkBytes_ = kFirstChunkBytes;
  std::map<uint32_t, ChunkStream> streams_;
  size_t held_ = 0;  // bytes of messages that are not whole

  Header header_;
  ChunkStream* current_ = nullptr;  // whose chunk comes; nullptr: a header comes
  size_t left_ = 0;  // of that chunk
};

}  // namespace core::rtmp
