#include "io/tcp_writer.hpp"

#include "io/clock.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace io {

void TcpWriter::write(core::BlockRef bytes, std::shared_ptr<void> token) {
  if (broken_) return;
  const core::Micros since = now();
  if (waiting_.empty()) progress_ = since;
  waiting_.push_back({std::move(bytes), std::move(token), since});
  if (waiting_.size() == 1) flush();
}

void TcpWriter::flush() {
  while (!waiting_.empty() && send(waiting_.front().bytes->bytes().subspan(sent_))) {
  }
}

core::Micros TcpWriter::age() const {
  return waiting_.empty() ? core::Micros{0} : now() - waiting_.front().since;
}

core::Micros TcpWriter::stalled() const {
  return waiting_.empty() ? core::Micros{0} : now() - progress_;
}

// Whether there may be room for more.
bool TcpWriter::send(core::ByteView bytes) {
  const ssize_t sent =
      ::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) {
    advance(static_cast<size_t>(sent));
    return true;
  }
  if (errno == EINTR) return true;
  if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
  broken_ = true;
  waiting_.clear();
  return false;
}

void TcpWriter::advance(size_t sent) {
  progress_ = now();
  sent_ += sent;
  if (sent_ < waiting_.front().bytes->size()) return;
  waiting_.pop_front();
  sent_ = 0;
}

}  // namespace io
