#include "io/socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace io {

namespace {
constexpr size_t kMappedAt = 12;  // where `::ffff:a.b.c.d` has its IPv4 address

Address v4Address(in_addr ip, in_port_t port) {
  Address address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  v4->sin_family = AF_INET;
  v4->sin_addr = ip;
  v4->sin_port = port;
  address.length = sizeof(sockaddr_in);
  return address;
}

Address v6Address(const in6_addr& ip, in_port_t port) {
  Address address;
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  v6->sin6_family = AF_INET6;
  v6->sin6_addr = ip;
  v6->sin6_port = port;
  address.length = sizeof(sockaddr_in6);
  return address;
}
}  // namespace

std::optional<Address> parseAddress(const std::string& host, uint16_t port) {
  in_addr v4;
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return v4Address(v4, htons(port));
  in6_addr v6;
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) return v6Address(v6, htons(port));
  return std::nullopt;
}

std::optional<Address> forFamily(const Address& address, int family) {
  if (address.family() == family) return address;
  if (family == AF_INET) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address.storage);
    if (!IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) return std::nullopt;
    in_addr ip;
    std::memcpy(&ip, v6->sin6_addr.s6_addr + kMappedAt, sizeof ip);
    return v4Address(ip, v6->sin6_port);
  }
  const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
  in6_addr ip{};
  ip.s6_addr[kMappedAt - 1] = ip.s6_addr[kMappedAt - 2] = 0xff;
  std::memcpy(ip.s6_addr + kMappedAt, &v4->sin_addr, sizeof v4->sin_addr);
  return v6Address(ip, v4->sin_port);
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

size_t sendNow(int fd, core::ByteView bytes) {
  const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent < 0 ? 0 : static_cast<size_t>(sent);
}

Descriptor duplicate(int fd) { return Descriptor(fcntl(fd, F_DUPFD_CLOEXEC, 0)); }

core::Reason systemReason(const char* what) {
  const int error = errno;
  return {std::string(strerrorname_np(error)) + ": " + what + ": " + strerror(error)};
}

}  // namespace io
