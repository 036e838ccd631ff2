#pragma once

#include "core/bytes.hpp"

#include <memory>

namespace io {

// Takes the bytes of one connection.
class Ingest {
 public:
  virtual ~Ingest() = default;
  // Any thread. Copies; false: too much waits, Drained follows.
  virtual bool feed(core::ByteView bytes) = 0;
  virtual void close() = 0;  // any thread; Closed is its last event
};

using IngestRef = std::shared_ptr<Ingest>;

}  // namespace io
