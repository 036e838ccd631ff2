#pragma once

#include "core/bytes.hpp"
#include "io/socket.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <thread>

namespace io {

struct Datagram {
  Address from;
  core::ByteView bytes;
};

// Who gets what comes in by some sockets. I/O thread; must not block.
class DatagramSink {
 public:
  virtual ~DatagramSink() = default;
  virtual void received(size_t socket, std::span<const Datagram> datagrams) = 0;
  virtual void tick() = 0;  // every 50 ms
};

// The I/O thread of UDP: reads all sockets that are added, as many datagrams a call as there are.
class UdpReceiver {
 public:
  UdpReceiver();
  ~UdpReceiver();
  UdpReceiver(const UdpReceiver&) = delete;
  UdpReceiver& operator=(const UdpReceiver&) = delete;

  // Any thread. The sink is told that it is `socket`. The result removes it; remove() may come
  // while the sink is being called, once more at most.
  uint64_t add(std::shared_ptr<const Descriptor> descriptor, size_t socket,
               std::weak_ptr<DatagramSink> sink);
  void remove(uint64_t token);
  void stop();  // joins; add() starts it again

 private:
  struct Entry {
    std::shared_ptr<const Descriptor> descriptor;  // open for as long as it is read
    size_t socket = 0;
    std::weak_ptr<DatagramSink> sink;
  };
  class Buffers;
  void run();
  void wake();
  void read(Buffers& buffers, uint64_t token);
  void tick();

  const Descriptor epoll_;
  const Descriptor waker_;
  std::mutex mutex_;  // guards what follows
  std::map<uint64_t, Entry> entries_;
  uint64_t lastToken_ = 0;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace io
