#pragma once

#include "core/bytes.hpp"
#include "io/socket.hpp"

#include <memory>

namespace io {

// Takes the bytes of one connection.
class Ingest {
 public:
  virtual ~Ingest() = default;
  // Any thread. Copies; false: too much waits, Drained follows.
  virtual bool feed(core::ByteView bytes) = 0;
  // Any thread, once. What comes by this connection, behind what was fed, is read on the media
  // thread from now on; Ended follows when there is no more.
  virtual void read(Descriptor socket) = 0;
  virtual void close() = 0;  // any thread; Closed is its last event
};

using IngestRef = std::shared_ptr<Ingest>;

}  // namespace io
