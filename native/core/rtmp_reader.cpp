#include "core/rtmp_reader.hpp"

#include <algorithm>
#include <utility>

namespace core::rtmp {

namespace {

constexpr size_t kMaxStreams = 64;
constexpr size_t kMaxHeld = 16 * 1024 * 1024;
constexpr size_t kMaxOther = 256 * 1024;  // of messages that are not media
constexpr size_t kTimeBytes = 4;
// A distance that is no more than this may be repeated.
constexpr uint32_t kMostRepeated = 1000;

// By format: with a time, a size and a type, and a message stream; without the last; with a time
// alone; nothing.
constexpr std::array<size_t, 4> kHeaderSizes{11, 7, 3, 0};
constexpr uint8_t kHeaderless = 3;

bool isMedia(uint8_t type) { return type == kAudio || type == kVideo || type == kAggregate; }

uint32_t numberOf(ByteView bytes) {
  uint32_t number = 0;
  for (const uint8_t byte : bytes) number = number << 8 | byte;
  return number;
}

}  // namespace

// Section 5.3.1.1: ids up to 63 stand in the first byte, up to 319 behind it, others in two bytes
// with the lowest first.
size_t ChunkReader::Header::basicSize() const {
  const uint8_t low = bytes[0] & 0x3f;
  return low > 1 ? 1 : 2 + size_t{low};
}

uint32_t ChunkReader::Header::chunkStream() const {
  const uint8_t low = bytes[0] & 0x3f;
  if (low > 1) return low;
  return 64 + bytes[1] + (low == 0 ? 0 : bytes[2] << 8);
}

size_t ChunkReader::Header::messageSize() const { return kHeaderSizes[format()]; }

uint32_t ChunkReader::Header::number(size_t at, size_t count) const {
  return numberOf(ByteView(bytes).subspan(basicSize() + at, count));
}

bool ChunkReader::push(ByteView bytes) {
  while (reason_.empty() && !bytes.empty()) {
    if (current_)
      take(bytes);
    else
      readHeader(bytes);
  }
  return reason_.empty();
}

// True: so many bytes of the header are there.
bool ChunkReader::gather(size_t count, ByteView& bytes) {
  const size_t wanted = count > header_.size ? count - header_.size : 0;
  const ByteView taken = bytes.first(std::min(wanted, bytes.size()));
  std::copy(taken.begin(), taken.end(), header_.bytes.begin() + header_.size);
  header_.size += taken.size();
  bytes = bytes.subspan(taken.size());
  return header_.size >= count;
}

void ChunkReader::readHeader(ByteView& bytes) {
  if (!gather(1, bytes) || !gather(header_.basicSize(), bytes)) return;
  ChunkStream* stream = find(header_.chunkStream());
  if (!stream) return;
  const size_t end = header_.basicSize() + header_.messageSize();
  if (!gather(end, bytes)) return;
  if (header_.format() == kHeaderless) {
    if (stream->isExtended() && !gather(end + kTimeBytes, bytes)) return;
    return continueChunk(*stream);
  }
  const uint32_t time = header_.number(0, 3);
  if (time < kExtended) return beginChunk(*stream, time);
  if (gather(end + kTimeBytes, bytes))
    beginChunk(*stream, header_.number(end - header_.basicSize(), kTimeBytes));
}

// Peers do not choose as many as they like. One begins with a full header; librtmp leaves out the
// message stream.
ChunkReader::ChunkStream* ChunkReader::find(uint32_t id) {
  const auto found = streams_.find(id);
  if (found == streams_.end() && header_.format() > 1)
    fail("a chunk stream that begins in the middle");
  else if (found == streams_.end() && streams_.size() >= kMaxStreams)
    fail("too many chunk streams");
  if (!reason_.empty()) return nullptr;
  return found == streams_.end() ? &streams_[id] : &found->second;
}

// Of a new message; what there was of another one is void.
void ChunkReader::beginChunk(ChunkStream& stream, uint32_t time) {
  held_ -= stream.payload.size();
  stream.payload.clear();
  const uint8_t format = header_.format();
  stream.field = time;
  stream.delta = time;
  if (format == 0) {
    stream.head.timestamp = time;
    const size_t at = header_.basicSize() + 7;
    stream.head.stream = 0;
    for (const size_t byte : {3, 2, 1, 0})
      stream.head.stream = stream.head.stream << 8 | header_.bytes[at + byte];
    // Some repeat a time of their own, others the distance from 0.
    if (time > kMostRepeated) stream.delta = 0;
  } else {
    stream.head.timestamp += time;
  }
  if (format < 2) {
    stream.size = header_.number(3, 3);
    stream.head.type = static_cast<uint8_t>(header_.number(6, 1));
  }
  expect(stream);
}

// Of the message at hand, or of a new one that is like the last. The extended time should be
// repeated; where it is not, these bytes are payload.
void ChunkReader::continueChunk(ChunkStream& stream) {
  const size_t basic = header_.basicSize();
  const bool hasTime = header_.size > basic;
  const bool isPayload = hasTime && header_.number(0, kTimeBytes) != stream.field;
  const auto bytes = header_.bytes;
  if (stream.payload.empty()) stream.head.timestamp += stream.delta;
  expect(stream);
  if (isPayload) push(ByteView(bytes).subspan(basic, kTimeBytes));
}

// Its payload comes next.
void ChunkReader::expect(ChunkStream& stream) {
  header_.size = 0;
  if (!isMedia(stream.head.type) && stream.size > kMaxOther)
    return fail("a message of " + std::to_string(stream.size) + " bytes");
  left_ = std::min(chunkBytes_, stream.size - stream.payload.size());
  if (stream.size == 0)
    finish(stream, {});
  else
    current_ = &stream;
}

void ChunkReader::take(ByteView& bytes) {
  ChunkStream& stream = *current_;
  const ByteView piece = bytes.first(std::min(left_, bytes.size()));
  bytes = bytes.subspan(piece.size());
  left_ -= piece.size();
  if (left_ == 0) current_ = nullptr;
  if (piece.size() == stream.size) return finish(stream, piece);
  held_ += piece.size();
  if (held_ > kMaxHeld) return fail("more than 16 MB that belong to no whole message");
  stream.payload.insert(stream.payload.end(), piece.begin(), piece.end());
  if (stream.payload.size() < stream.size) return;
  const Bytes whole = std::exchange(stream.payload, {});
  held_ -= whole.size();
  finish(stream, whole);
}

void ChunkReader::finish(const ChunkStream& stream, ByteView payload) {
  if (stream.head.type == kSetChunkSize) return setChunkSize(payload);
  if (stream.head.type == kAbort) return abort(payload);
  sink_.message({stream.head, payload});
}

void ChunkReader::setChunkSize(ByteView payload) {
  const uint32_t size = payload.size() < 4 ? 0 : numberOf(payload.first(4)) & 0x7fffffff;
  if (size == 0) return fail("a chunk size of 0");
  chunkBytes_ = size;
}

void ChunkReader::abort(ByteView payload) {
  const auto found = streams_.find(payload.size() < 4 ? 0 : numberOf(payload.first(4)));
  if (found == streams_.end()) return;
  held_ -= found->second.payload.size();
  found->second.payload.clear();
}

void ChunkReader::fail(std::string reason) {
  reason_ = std::move(reason);
  current_ = nullptr;
}

}  // namespace core::rtmp
