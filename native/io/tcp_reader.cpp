#include "io/tcp_reader.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace io {

namespace {
// So much at a time, then it is the others' turn.
constexpr size_t kReadBytes = 64 * 1024;
}  // namespace

TcpReader::TcpReader(MediaThread& thread, Descriptor socket, Sink& sink)
    : thread_(thread), socket_(std::move(socket)), sink_(sink) {
  thread_.watch(socket_.get(), EPOLLIN, *this);
}

TcpReader::~TcpReader() { thread_.unwatch(socket_.get()); }

void TcpReader::ready() {
  // Of the thread: whoever takes bytes has done with them when it returns.
  static thread_local std::array<uint8_t, kReadBytes> buffer;
  const ssize_t size = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size > 0) return sink_.received({buffer.data(), static_cast<size_t>(size)});
  if (size == 0) return end("");
  if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) end(systemReason("read").text);
}

void TcpReader::end(const std::string& reason) {
  thread_.unwatch(socket_.get());
  sink_.ended(reason);
}

}  // namespace io
