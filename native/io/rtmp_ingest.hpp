#pragma once

#include "core/rtmp_reader.hpp"
#include "io/ingest.hpp"
#include "io/owner.hpp"

namespace io {

// Takes the bytes of one RTMP connection, behind the handshake: what the peer has to say comes back
// as events. One thread at a time.
class RtmpIngest final : public Ingest, private core::rtmp::ChunkReader::Sink {
 public:
  RtmpIngest(Id id, OwnerRef owner) : id_(id), owner_(std::move(owner)), reader_(*this) {}

  bool feed(core::ByteView bytes) override;
  void close() override;

 private:
  void message(const core::rtmp::Message& message) override;

  const Id id_;
  const OwnerRef owner_;
  bool isBroken_ = false;
  core::rtmp::ChunkReader reader_;
};

}  // namespace io
