#include "io/listen.hpp"

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace io {

namespace {
constexpr int kBacklog = 511;

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

// A descriptor that is closed unless it is taken over.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int take() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

std::optional<Address> parseAddress(const std::string& host, uint16_t port) {
  Address address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    address.length = sizeof(sockaddr_in);
    return address;
  }
  if (inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) != 1) return std::nullopt;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  address.length = sizeof(sockaddr_in6);
  return address;
}

core::Reason systemReason(const char* what) {
  const int error = errno;
  return {std::string(strerrorname_np(error)) + ": " + what + ": " + strerror(error)};
}

bool setOption(int fd, int level, int name, int value) {
  return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

uint16_t boundPort(int fd) {
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &length) != 0) return 0;
  return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port
                                           : reinterpret_cast<sockaddr_in*>(&bound)->sin_port);
}
}  // namespace

core::Result<Listener> listen(const ListenSpec& spec) {
  const auto address = parseAddress(spec.host, spec.port);
  if (!address) return core::Reason{"EINVAL: expected an IP address, got " + spec.host};
  const int family = address->storage.ss_family;
  Descriptor socket{::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (socket.get() < 0) return systemReason("socket");
  setOption(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (family == AF_INET6) setOption(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (spec.reusePort && !setOption(socket.get(), SOL_SOCKET, SO_REUSEPORT, 1))
    return systemReason("SO_REUSEPORT");
  if (!setOption(socket.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, spec.notSentLowWater))
    return systemReason("TCP_NOTSENT_LOWAT");
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address->storage), address->length) !=
      0)
    return systemReason("bind");
  if (::listen(socket.get(), kBacklog) != 0) return systemReason("listen");
  const uint16_t port = boundPort(socket.get());
  return Listener{socket.take(), port};
}

std::optional<TcpInfo> tcpInfo(int fd) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return std::nullopt;
  int unsent = 0;
  int outstanding = 0;
  ioctl(fd, SIOCOUTQNSD, &unsent);
  ioctl(fd, SIOCOUTQ, &outstanding);
  return TcpInfo{info.tcpi_rtt, static_cast<uint32_t>(unsent),
                 static_cast<uint32_t>(outstanding - unsent)};
}

}  // namespace io
