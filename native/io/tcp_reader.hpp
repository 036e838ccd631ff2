#pragma once

#include "core/bytes.hpp"
#include "io/media_thread.hpp"
#include "io/socket.hpp"

#include <string>

namespace io {

// Reads a connection on a media thread, where it is made and let go of.
class TcpReader final : private Watcher {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void received(core::ByteView bytes) = 0;  // valid during the call
    // The last one: the peer has closed it (no reason), or it broke off. May not let go of the
    // reader.
    virtual void ended(const std::string& reason) = 0;
  };

  TcpReader(MediaThread& thread, Descriptor socket, Sink& sink);
  ~TcpReader() override;
  TcpReader(const TcpReader&) = delete;
  TcpReader& operator=(const TcpReader&) = delete;

 private:
  void ready() override;
  void end(const std::string& reason);

  MediaThread& thread_;
  const Descriptor socket_;
  Sink& sink_;
};

}  // namespace io
