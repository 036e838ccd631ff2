#pragma once

#include "core/bytes.hpp"
#include "io/socket.hpp"
#include "io/udp_backlog.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <sys/socket.h>

namespace io {

// The two sockets from which an output sends; closed with the last that uses them.
struct UdpSockets {
  Descriptor rtp;
  Descriptor rtcp;
};

// Where the packets of a reader go, by interleaved channel: RTP on even ones, RTCP on odd ones.
struct UdpReader {
  explicit UdpReader(std::vector<Address> channels) : channels(std::move(channels)) {}

  const std::vector<Address> channels;
  mutable std::atomic<uint64_t> refused{0};  // packets that the kernel did not take
  mutable bool takesSegments = true;  // its way does; sender thread only
};

using UdpReaders = std::vector<std::shared_ptr<const UdpReader>>;

// By which sockets to which readers.
struct UdpWay {
  std::shared_ptr<const UdpSockets> sockets;
  std::shared_ptr<const UdpReaders> readers;
  std::shared_ptr<std::atomic<uint64_t>> refused;  // the same of all of them
};

// A block of interleaved packets for some readers.
struct UdpJob {
  UdpWay way;
  core::BlockRef block;
  std::shared_ptr<void> untaken;  // goes with the job
};

// As sendmmsg().
using SendMessages = std::function<int(int fd, mmsghdr* messages, unsigned count, int flags)>;

// Sends blocks to many readers from a thread of its own: the packets of all readers in one system
// call, where the kernel can (GSO) those of a picture as one message for each reader. Payloads stay
// in the block.
class UdpSender {
 public:
  explicit UdpSender(bool segments = true, SendMessages send = ::sendmmsg)
      : sendMessages_(std::move(send)), segments_(segments) {}
  ~UdpSender();

  void start();
  void stop();  // what waits is dropped
  void post(UdpJob job);  // any thread
  // Any thread. Sends what is in the backlog at its pace, until it is over.
  void pace(UdpWay way, std::shared_ptr<UdpBacklog> backlog);

 private:
  struct Run;
  struct Batch;
  struct Paced {
    UdpWay way;
    std::shared_ptr<UdpBacklog> backlog;
  };
  void run();
  bool wait(std::unique_lock<std::mutex>& lock);
  void catchUp();
  void send(const UdpWay& way, core::ByteView block);
  void flush(int fd, Batch& batch);
  size_t sendSingly(int fd, const msghdr& message, const UdpReader& reader);

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<UdpJob> jobs_;
  std::vector<Paced> joining_;
  bool stopped_ = true;
  std::thread thread_;

  // Sender thread only.
  const SendMessages sendMessages_;
  std::vector<Paced> paced_;
  bool segments_;  // GSO is tried
};

}  // namespace io
