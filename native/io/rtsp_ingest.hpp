#pragma once

#include "core/deframer.hpp"
#include "core/decode_time.hpp"
#include "core/depacketizer.hpp"
#include "core/rtp_timeline.hpp"
#include "io/ingest.hpp"
#include "io/ingest_observer.hpp"
#include "io/live_stream.hpp"
#include "io/srtp.hpp"
#include "io/tcp_reader.hpp"
#include "io/udp_tracks.hpp"

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace io {

// The keys of a track that is encrypted: what comes, and the reports that go.
struct SrtpTrack {
  SrtpKey in, out;
  uint32_t ssrc = 0;  // of our reports, as the camera was told
  std::vector<SrtpSource> sources;
};

struct RtspTrack {
  core::RtpTrackConfig config;
  uint8_t channel = 0;  // interleaved channel of RTP
  uint8_t rtcpChannel = 1;
  uint8_t payloadType = 96;
  std::optional<SrtpTrack> srtp{};
  bool takesPictureLoss = false;  // the source may be asked for key frames (PLI)
};

struct RtspIngestSpec {
  std::vector<RtspTrack> tracks;
  bool inspect = false;  // tells of every packet, unit and report
  std::optional<UdpSpec> udp{};  // by which the tracks come, in their order
};

// RTP-Info of the answer to PLAY: when a track's time begins.
struct RtpStart {
  size_t track = 0;
  uint32_t rtpTime = 0;
};

// Takes the bytes of one RTSP connection: media goes into the stream, RTSP messages back as events.
// The media may come over UDP instead.
class RtspIngest final : public Ingest,
                         public Inbox,
                         public std::enable_shared_from_this<RtspIngest>,
                         private TcpReader::Sink,
                         private core::RtspDeframer::Sink {
 public:
  RtspIngest(Id id, LiveStreamRef stream, RtspIngestSpec spec, OwnerRef owner);
  ~RtspIngest() override;

  // Before it is known to others: from now on datagrams are taken.
  void openUdp(UdpReceiver& receiver, const UdpSpec& spec);

  // Any thread. Copies; false: more than 1 MB waits, Drained follows.
  bool feed(core::ByteView bytes) override;
  // Any thread, once. What comes by this connection from now on, behind what was fed; Ended
  // follows.
  void read(Descriptor socket) override;
  // What places the tracks against each other before they have told it by reports.
  void place(std::vector<RtpStart> starts);
  MediaThread& thread() { return stream_->thread; }
  void close() override;

  void drain() override;  // media thread

 private:
  struct Feed;
  struct Unit {
    size_t track;
    core::AccessUnit unit;
    core::Micros arrival;
  };

  void packet(uint8_t channel, core::ByteView payload) override;
  void text(std::string_view message) override;
  void resynchronised(size_t skippedBytes) override;
  void stray(uint8_t channel) override;

  void received(core::ByteView bytes) override;
  void ended(const std::string& reason) override;

  void wake();
  bool isClosed();
  void parseTaken();
  void count(size_t bytes);
  void drainUdp();
  void datagram(const UdpTracks::Packet& packet);
  void expire();
  void noteJitter();
  void sendReports();
  void sendReport(size_t index, bool pictureLost);
  void askForKey(size_t index, const core::AccessUnit& unit);
  void noteGoodbyes(size_t index, core::ByteView compound);
  void rtp(size_t index, core::ByteView payload);
  core::ByteView opened(size_t index, core::ByteView packet, bool isRtcp);
  void rtcp(size_t index, core::ByteView payload);
  void frameRtcp(size_t index, core::ByteView bytes);
  static bool isMeant(Feed& feed, uint8_t payloadType);
  void countLoss(Feed& feed, const core::RtpPacket& packet);
  void parameters(size_t index, core::Parameters parameters);
  void unit(size_t index, core::AccessUnit&& unit);
  bool mayRelease() const;
  void release();
  void give(Unit&& taken);
  void beginWhenReady();
  void noteSilence();
  void begin();

  const Id id_;
  const LiveStreamRef stream_;
  const OwnerRef owner_;

  std::mutex mutex_;  // guards the inbox
  core::Bytes waiting_;  // fed, not taken yet
  bool queued_ = false;  // drain() is on its way
  bool full_ = false;  // feed() has said false
  bool closed_ = false;

  // Media thread only.
  std::unique_ptr<TcpReader> reader_;
  core::Bytes taken_;  // bytes in work; what is left over is the start of the next frame
  core::RtspDeframer deframer_;
  core::RtpTimeline timeline_;
  bool holding_ = true;  // units wait until it is known where their tracks belong
  std::deque<Unit> held_;
  size_t heldBytes_ = 0;
  std::vector<std::unique_ptr<Feed>> feeds_;
  std::optional<IngestObserver> observer_;
  std::shared_ptr<UdpTracks> udp_;  // set once, by openUdp()
  UdpTracks::Batch batch_;
  core::Micros reportedAt_{0};
  core::Bytes outgoing_;  // RTCP for the connection
  core::Bytes plain_;  // a packet of SRTP, opened
  const uint32_t ssrc_;  // of our reports where nobody was told another
  core::Micros arrival_{0};
  std::optional<core::Micros> firstPacket_;
  core::Micros begunAt_{0};
  core::Stream::Splice splice_ = core::Stream::Splice::elapsed;
  bool begun_ = false;
};

}  // namespace io
