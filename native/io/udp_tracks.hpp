#pragma once

#include "io/udp_receiver.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace io {

struct UdpTrack {
  int rtpFd = -1;  // bound sockets; they stay the caller's
  int rtcpFd = -1;
  std::string host{};  // IP literal that packets come from; empty: whoever sends (multicast)
  uint16_t rtpPort = 0;  // 0 = not known
  uint16_t rtcpPort = 0;
  std::string group{};  // multicast: IP literal to join
  std::string interface {};  // its name; empty: the system chooses
};

struct UdpSpec {
  std::vector<UdpTrack> tracks;
  size_t receiveBufferBytes = 0;  // 0 = as the system has it
};

// The sockets by which the tracks of one ingest come (docs/design/0031-rtp-over-udp.md).
class UdpTracks final : public DatagramSink, public std::enable_shared_from_this<UdpTracks> {
 public:
  struct Packet {
    size_t track = 0;
    bool isRtcp = false;
    core::Micros arrival{0};
    size_t offset = 0;  // in the batch's bytes
    size_t size = 0;
  };
  struct Batch {
    core::Bytes bytes;
    std::vector<Packet> packets;
  };

  // `wake` is called on the I/O thread when something is there for the media thread.
  UdpTracks(UdpReceiver& receiver, const UdpSpec& spec, std::function<void()> wake);
  ~UdpTracks() override;

  // Any thread. Packets come from now on; the camera's ports get a packet each, so that what stands
  // between us lets its packets through.
  void open();
  void close();
  void sendRtcp(size_t track, core::ByteView bytes) const;

  // Media thread. What has come since the last call; the batch is emptied first.
  void take(Batch& batch);
  // Whether it shall be woken every 50 ms even when nothing comes.
  void setHolding(bool holding) { holding_ = holding; }

  void received(size_t socket, std::span<const Datagram> datagrams) override;
  void tick() override;

 private:
  struct Track {
    std::shared_ptr<const Descriptor> rtp, rtcp;
    std::optional<Address> source;  // whose packets are taken
    std::optional<Address> rtpPeer, rtcpPeer;
  };
  static Track open(const UdpTrack& spec, size_t receiveBufferBytes);
  void punch(const Track& track) const;

  UdpReceiver& receiver_;
  const std::function<void()> wake_;
  std::vector<Track> tracks_;
  std::vector<uint64_t> tokens_;
  std::atomic<bool> holding_{false};

  std::mutex mutex_;  // guards what follows
  Batch waiting_;
};

}  // namespace io
