#pragma once

#include "core/flv.hpp"
#include "core/output_block.hpp"
#include "core/rtmp_chunks.hpp"
#include "core/track.hpp"
#include "core/frame.hpp"

#include <functional>
#include <initializer_list>
#include <optional>
#include <vector>

namespace core {

struct RtmpConfig {
  // Indices in the epoch's tracks: RTMP has one picture and one sound.
  std::optional<uint8_t> video{};
  std::optional<uint8_t> audio{};
  uint32_t messageStream = 1;
  size_t chunkBytes = 4096;
  bool asTags = false;  // of a file of FLV, in the place of chunks
  bool headersApart = false;  // readers get headers() first; else they go before the first frame
};

// Packages frames into RTMP's messages, cut into chunks. Media thread only.
//
// A block is one picture; audio rides in front of the next one, or alone when none comes for 60 ms.
// What decoders need first goes before the first frame of a track, and again when it is another.
// Without a picture every block is one to begin with.
class RtmpPackager {
 public:
  using Sink = std::function<void(const OutputBlock&)>;
  RtmpPackager(const RtmpConfig& config, Sink sink);

  // False: a track is of another kind now, or of one that RTMP does not carry.
  bool begin(const std::vector<Track>& tracks);
  // Of a track in `config`; the times are those that are sent.
  void add(const Frame& frame, Micros dts, Micros pts);
  // What waits goes out.
  void flush();
  // What decoders need first, of all tracks, at that time.
  Bytes headers(Micros dts) const;

 private:
  struct Lane {
    uint8_t track = 0;
    std::optional<flv::Format> known{};
    Bytes header{};  // empty: it has been sent
  };
  bool follow(Lane& lane, const std::vector<Track>& tracks);
  void write(const Lane& lane, Micros dts, ByteView head, ByteView payload);
  void append(const Lane& lane, Micros dts, std::initializer_list<ByteView> parts,
              Bytes& out) const;
  void flush(const Frame* picture);

  const RtmpConfig config_;
  const Sink sink_;
  const rtmp::ChunkWriter writer_;
  std::vector<Lane> lanes_;

  Bytes waiting_;  // of the block to come
  OutputBlock block_;
  Micros firstArrival_{0};  // of what waits
  Bytes head_;
};

}  // namespace core
