#pragma once

#include "core/bytes.hpp"
#include "core/result.hpp"

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace io {

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;  // 0 = none

  int family() const { return storage.ss_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// Of an IP literal.
std::optional<Address> parseAddress(const std::string& host, uint16_t port);
// The same address for a socket of that family: `::ffff:10.0.0.1` is 10.0.0.1. Unset: it has none.
std::optional<Address> forFamily(const Address& address, int family);

// A descriptor that is closed unless it is taken over.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : fd_(other.take()) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int take() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// How many bytes the kernel takes now; 0: none, or the connection is broken, of which whoever reads
// it hears.
size_t sendNow(int fd, core::ByteView bytes);

// Another descriptor of the same thing; none where there is no such thing, and errno says why.
Descriptor duplicate(int fd);

// "EADDRINUSE: bind: Address already in use", of errno.
core::Reason systemReason(const char* what);

}  // namespace io
