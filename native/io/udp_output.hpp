#pragma once

#include "core/rtp_packager.hpp"
#include "io/ring_output.hpp"
#include "io/udp_sender.hpp"

#include <atomic>
#include <map>
#include <memory>

namespace io {

// A reader of a UDP output, and what it gets first.
struct UdpJoin {
  // By the output's tracks; those without an address are not sent.
  struct Track {
    Address rtp;
    Address rtcp;
  };
  std::vector<Track> tracks;
  // live: with the next key frame, or with the ring where that is young; fast and real: with the
  // ring, in compressed or true time.
  enum class Begin : uint8_t { live, fast, real };
  Begin begin = Begin::live;
};

// RTP over UDP for any number of readers, from two sockets. Channels are 2n for RTP and 2n + 1 for
// RTCP of the n-th track.
class UdpOutput final : public RingOutput {
 public:
  UdpOutput(OutputPlace place, core::RtpConfig config, UdpSockets sockets, UdpSender& sender);

  // Any thread. `reader` is the caller's own number; added again, it is replaced.
  void add(uint32_t reader, UdpJoin join);
  void remove(uint32_t reader);

 private:
  struct Reader {
    std::shared_ptr<const UdpReader> to;
    bool begun = false;
    uint64_t leftOutBefore = 0;  // when it began
    std::shared_ptr<UdpBacklog> backlog{};  // nullptr: it keeps step with the others
  };
  void give(const core::RtpBlock& block) override;
  void leaveOut(const core::RtpBlock& block) override;
  void admit(uint32_t id, const UdpJoin& join);
  void leave(uint32_t id);
  std::vector<core::RtpBlock> ringFor(UdpJoin::Begin begin);
  void startBacklog(Reader& reader, const std::vector<core::RtpBlock>& blocks);
  void giveTo(uint32_t id, Reader& reader, const core::RtpBlock& block);
  UdpWay wayTo(std::shared_ptr<const UdpReaders> readers) const;
  void count(const core::RtpBlock& block);
  std::vector<Sent::Dropped> dropped() const;
  std::vector<Address> channelsOf(const UdpJoin& join) const;

  const std::shared_ptr<const UdpSockets> sockets_;
  UdpSender& sender_;  // outlives every output
  const std::shared_ptr<std::atomic<uint64_t>> refused_ =
      std::make_shared<std::atomic<uint64_t>>(0);

  // Media thread only.
  std::map<uint32_t, Reader> readers_;
  std::shared_ptr<const UdpReaders> step_;  // who keeps step; nullptr: somebody came or went
  uint64_t newest_ = 0;  // number of the last block given
  Sent sent_;
  uint64_t leftOut_ = 0;  // packets given to nobody
  core::Micros told_{0};  // when `sent_` was
};

}  // namespace io
