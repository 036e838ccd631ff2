#pragma once

#include "core/hls_packager.hpp"
#include "io/event.hpp"
#include "io/offer.hpp"
#include "io/outputs.hpp"
#include "io/owner.hpp"
#include "io/playable_stream.hpp"
#include "io/publisher.hpp"
#include "io/rtmp_ingest.hpp"
#include "io/ring_output.hpp"
#include "io/rtmp_output.hpp"
#include "io/rtsp_ingest.hpp"
#include "io/stats.hpp"
#include "io/udp_output.hpp"
#include "io/udp_receiver.hpp"
#include "io/unit_inbox.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace io {

// Everything native that lives longer than a call, by id. One for the process: a heap object that
// is never destroyed. Path names live in a domain. All methods: any thread, return at once.
class Hub {
 public:
  static Hub& instance();

  // The first to hold the hub starts its media threads; the last one to let go stops them.
  void hold();
  void letGo();

  Id nextId() { return ++lastId_; }

  Id openStream(const OwnerRef& owner, const StreamSpec& spec);
  // What browsers can play of a stream; lives beside it, without a name.
  Id openPlayable(const OwnerRef& owner, Id parent);
  Id openRtspIngest(const OwnerRef& owner, Id stream, RtspIngestSpec spec);
  // Of a connection whose media goes nowhere until it publishes.
  Id openRtmpIngest(const OwnerRef& owner);
  void publishRtmp(Id ingest, Id stream);
  void expectRtmp(Id ingest, bool video, bool audio);
  Id openHls(const OwnerRef& owner, Id stream, core::HlsConfig config);
  Id openRing(const OwnerRef& owner, Id stream, const RingOutput::MakePackager& make);
  // For any number of players of RTMP or FLV.
  Id openUdp(const OwnerRef& owner, Id stream, core::RtpConfig config, UdpSockets sockets);
  // nullptr: there is no such output of UDP.
  std::shared_ptr<UdpOutput> findUdp(Id output);
  Id openRtmp(const OwnerRef& owner, Id stream, const core::RtmpRelay::Options& options,
              Descriptor socket = Descriptor());
  // nullptr: there is no such output of RTMP.
  std::shared_ptr<RtmpOutput> findRtmp(Id output);
  // Answers a Wanted: the taker that asked gets the stream.
  Id openQueue(const OwnerRef& owner, Id stream, Id request);
  // Answers an Offered: the pipeline that asked publishes into the stream.
  void acceptOffer(Id offer, Id stream);
  // Answers a Wanted or an Offered; takes back what an Offered was given.
  void refuse(Id request, std::string reason);
  void setPaused(Id stream, bool paused);
  void close(Id id);  // stream, ingest or output; unknown ids are ignored

  void place(Id ingest, std::vector<RtpStart> starts);
  // The ingest reads this connection by itself from now on; the descriptor stays the caller's.
  void read(Id ingest, int fd);
  bool feed(Id ingest, core::ByteView bytes);  // false: more than 1 MB waits; Drained follows

  // Empty: it has left the window, or there is no such output.
  core::BlockRef findInit(Id output, uint32_t number);
  core::BlockRef findPart(Id output, uint64_t number);
  std::vector<core::BlockRef> findSegment(Id output, uint64_t number);
  // nullptr: there is no such output, or one without a ring.
  std::shared_ptr<RingOutput> findRing(Id output);

  std::optional<StreamStats> streamStats(Id stream);
  HubStats stats();

  // For GStreamer elements: a pipeline registers so that they find its owner and domain. `path` is
  // the one that it is the source of; may be empty.
  void registerPipeline(const OwnerRef& owner, Id pipeline, std::string domain, std::string path);
  void unregisterPipeline(Id pipeline);
  // A pipeline did not stop in time and was left behind.
  void countAbandoned() { ++abandoned_; }
  // Into the stream of the pipeline's own path, at once (nullptr: none is open); into any other
  // after Offered has been answered.
  std::shared_ptr<Publisher> publish(Id pipeline, const std::string& path);
  // Emits Wanted (Unwanted when the taker lets go); items come once TypeScript has answered.
  std::shared_ptr<Subscription> want(Id pipeline, const std::string& path,
                                     std::vector<std::string> feeds);
  // For the pipeline that makes it; nullptr: it is not wanted (any more).
  SoundRef findSound(Id playable, const Sound::Place& place);
  // The newest key frame of the video track, on the media thread; nullptrs when there is none.
  using KeyFrameSink = std::function<void(core::EpochRef, core::FrameRef)>;
  void keyFrame(Id stream, KeyFrameSink sink);

 private:
  struct Pipeline {
    OwnerRef owner;
    std::string domain;
    std::string path;
  };
  struct OpenStream {
    LiveStreamRef live;
    std::vector<std::weak_ptr<UnitInbox>> publishers{};
    std::shared_ptr<PlayableStream> playable{};  // nullptr: it is made of no other
  };
  Hub() = default;
  void makeThreads();
  MediaThread& nextThread();
  LiveStreamRef findStream(Id id);
  IngestRef findIngest(Id id);
  std::shared_ptr<RtmpIngest> findRtmpIngest(Id id);
  std::shared_ptr<UnitInbox> openInbox(Id stream);
  std::shared_ptr<HlsOutput> findHls(Id output);
  Id openOutput(const OutputRef& output, Id id);
  void closeStream(const OpenStream& stream);

  std::atomic<Id> lastId_{0};
  std::atomic<uint32_t> abandoned_{0};
  UdpReceiver udpReceiver_;
  std::mutex holding_;  // guards the next; held while threads start and stop, before mutex_
  int holders_ = 0;
  std::mutex mutex_;  // guards what follows; nothing is called out with it held
  std::vector<std::unique_ptr<MediaThread>> threads_;  // made once
  size_t nextThread_ = 0;
  UdpSender udpSender_;
  std::unordered_map<Id, OpenStream> streams_;
  std::map<std::pair<std::string, std::string>, Id> byPath_;  // domain, path
  std::unordered_map<Id, IngestRef> ingests_;
  std::unordered_map<Id, OutputRef> outputs_;
  std::unordered_map<Id, std::weak_ptr<FrameQueue>> requests_;
  std::unordered_map<Id, std::weak_ptr<Offer>> offers_;
  std::unordered_map<Id, Pipeline> pipelines_;
};

}  // namespace io
