#pragma once

#include "core/result.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace io {

struct ListenSpec {
  enum class Protocol : uint8_t { tcp, udp };

  Protocol protocol = Protocol::tcp;
  std::string host;  // an IP literal; "::" takes IPv4 as well
  uint16_t port = 0;
  int notSentLowWater = 128 * 1024;  // tcp: TCP_NOTSENT_LOWAT, which accepted sockets inherit
  bool reusePort = false;
};

struct Listener {
  int fd;
  uint16_t port;
};

// The reason's text begins with the name of the errno, "EADDRINUSE: ...".
core::Result<Listener> listen(const ListenSpec& spec);

struct TcpInfo {
  uint32_t rttUs = 0;
  uint32_t unsentBytes = 0;
  uint32_t unackedBytes = 0;
};

std::optional<TcpInfo> tcpInfo(int fd);

}  // namespace io
