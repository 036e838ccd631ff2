#pragma once

#include "core/bytes.hpp"
#include "io/socket.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

namespace io {

// A bound UDP socket on this machine.
struct UdpPort {
  Descriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  Address address;

  UdpPort() {
    Address any = *parseAddress("127.0.0.1", 0);
    EXPECT_EQ(bind(socket.get(), any.get(), any.length), 0);
    address.length = sizeof address.storage;
    getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address.storage), &address.length);
  }
  // Whether something has come, or comes within so many milliseconds.
  bool hears(int timeoutMs) const {
    pollfd ready{socket.get(), POLLIN, 0};
    return poll(&ready, 1, timeoutMs) == 1;
  }
  core::Bytes receive() {
    EXPECT_TRUE(hears(10'000));
    core::Bytes bytes(2000);
    const ssize_t size = recv(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    bytes.resize(size > 0 ? static_cast<size_t>(size) : 0);
    return bytes;
  }
};

}  // namespace io
