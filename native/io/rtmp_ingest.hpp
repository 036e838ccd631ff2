#pragma once

#include "core/rtmp_reader.hpp"
#include "core/rtmp_source.hpp"
#include "io/ingest.hpp"
#include "io/live_stream.hpp"
#include "io/tcp_reader.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace io {

// Takes the bytes of one RTMP connection, behind the handshake: what the peer has to say comes back
// as events, and once it may publish, its media goes into a stream. Until then it is read on the
// thread that feeds it, from then on on the stream's.
class RtmpIngest final : public Ingest,
                         public Inbox,
                         public std::enable_shared_from_this<RtmpIngest>,
                         private core::rtmp::ChunkReader::Sink,
                         private TcpReader::Sink {
 public:
  RtmpIngest(Id id, OwnerRef owner);

  // These two and close(): one thread at a time.
  bool feed(core::ByteView bytes) override;
  // Once: its media goes there from now on, and what has come already.
  void publish(LiveStreamRef stream);
  // Behind publish(): it tells how much has come (BytesRead).
  void read(Descriptor socket) override;
  void close() override;
  // Any thread. What its metadata says that there is.
  void expect(bool video, bool audio);

  void drain() override;  // media thread

 private:
  struct Early {
    core::rtmp::MessageHead head;
    core::Bytes payload;
  };
  void message(const core::rtmp::Message& message) override;
  void received(core::ByteView bytes) override;
  void ended(const std::string& reason) override;
  bool begins();
  void count(size_t bytes);
  void keep(const core::rtmp::Message& message);
  void read(core::ByteView bytes);
  void tellBroken(const std::string& reason);
  void begin();

  const Id id_;
  const OwnerRef owner_;
  LiveStreamRef stream_;  // of whoever feeds; nullptr: it does not publish

  std::mutex mutex_;  // guards the inbox
  core::Bytes waiting_;  // fed, not taken yet
  bool queued_ = false;  // drain() is on its way
  bool full_ = false;  // feed() has said false
  bool closed_ = false;
  std::array<bool, 2> expected_{true, true};

  // Of whoever feeds, and of the media thread from publish() on.
  core::rtmp::ChunkReader reader_;
  bool isBroken_ = false;
  std::vector<Early> early_;  // media that came before it was allowed to
  size_t earlyBytes_ = 0;

  // Media thread only.
  core::RtmpSource source_;
  LiveStreamRef target_;
  std::unique_ptr<TcpReader> connection_;
  uint64_t bytesRead_ = 0;  // by the connection
  uint64_t bytesTold_ = 0;
  core::Bytes taken_;
  core::Micros arrival_{0};
};

}  // namespace io
