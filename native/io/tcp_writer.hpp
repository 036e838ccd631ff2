#pragma once

#include "core/bytes.hpp"
#include "io/socket.hpp"

#include <deque>
#include <memory>

namespace io {

// What goes out by one connection, in order and without ever waiting: what the kernel does not take
// is kept for flush(). One thread at a time. Whoever reads the connection hears that it is broken;
// here everything is thrown away from then on.
class TcpWriter {
 public:
  explicit TcpWriter(Descriptor socket) : socket_(std::move(socket)) {}

  int fd() const { return socket_.get(); }
  // `token` goes when the bytes do.
  void write(core::BlockRef bytes, std::shared_ptr<void> token = nullptr);
  void flush();
  bool isEmpty() const { return waiting_.empty(); }
  // What was written may be lost.
  bool isBroken() const { return broken_; }
  // How long the oldest bytes have been waiting, and how long nothing has been taken of them.
  core::Micros age() const;
  core::Micros stalled() const;

 private:
  struct Piece {
    core::BlockRef bytes;
    std::shared_ptr<void> token;
    core::Micros since{0};
  };
  bool send(core::ByteView bytes);
  void advance(size_t sent);

  const Descriptor socket_;
  std::deque<Piece> waiting_;
  size_t sent_ = 0;  // of the first piece
  core::Micros progress_{0};
  bool broken_ = false;
};

}  // namespace io
