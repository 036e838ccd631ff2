#include "io/listen.hpp"

#include "io/socket.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>

namespace io {

namespace {
constexpr int kBacklog = 511;
constexpr int kSendBufferBytes = 4 * 1024 * 1024;

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
  const bool udp = spec.protocol == ListenSpec::Protocol::udp;
  const int type = (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK;
  Descriptor socket{::socket(address->family(), type, 0)};
  if (socket.get() < 0) return systemReason("socket");
  if (!udp) setOption(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (address->family() == AF_INET6) setOption(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (spec.reusePort && !setOption(socket.get(), SOL_SOCKET, SO_REUSEPORT, 1))
    return systemReason("SO_REUSEPORT");
  // A burst of pictures for many readers; the kernel gives as much of it as it may.
  if (udp) setOption(socket.get(), SOL_SOCKET, SO_SNDBUF, kSendBufferBytes);
  if (!udp && !setOption(socket.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, spec.notSentLowWater))
    return systemReason("TCP_NOTSENT_LOWAT");
  if (bind(socket.get(), address->get(), address->length) != 0) return systemReason("bind");
  if (!udp && ::listen(socket.get(), kBacklog) != 0) return systemReason("listen");
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
