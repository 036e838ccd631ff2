#pragma once

#include "core/depacketizer.hpp"
#include "core/hls_packager.hpp"
#include "io/event.hpp"
#include "io/publisher.hpp"
#include "io/stats.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace io {

class Ingest;
class LiveStream;
class MediaThread;
class OutputHandle;

using Id = uint32_t;

// Takes what the objects of one environment have to tell. Any thread; never blocks.
using EventSink = std::function<void(Id, Event)>;

struct StreamSpec {
  std::string path;
  size_t ringMaxBytes = 0;  // the ring since the last key frame; beyond it only the key frame stays
  core::Micros ringMaxAge{0};
};

struct RtspTrack {
  core::RtpTrackConfig config;
  uint8_t channel = 0;      // interleaved channel of RTP
  uint8_t rtcpChannel = 1;
  uint8_t payloadType = 96;
};

// Everything native that lives longer than a call, by id. One for the process: a heap object that is
// never destroyed. Environments (owners) open things in their domain; path names live in a domain.
// All methods: any thread, return at once.
class Hub {
 public:
  static Hub& instance();

  Id nextId();

  // An owner sees the events of what it opened, until it leaves. leave() closes all of that.
  using OwnerId = uint32_t;
  OwnerId join(std::string domain, EventSink sink);
  void leave(OwnerId owner);

  Id openStream(OwnerId owner, StreamSpec spec);
  void setPaused(Id stream, bool paused);
  Id openRtspIngest(OwnerId owner, Id stream, std::vector<RtspTrack> tracks);
  bool feed(Id ingest, core::ByteView bytes);  // false: more than 1 MB waits; Drained follows
  void wakeFed();                              // wakes the media threads that have been fed
  Id openHls(OwnerId owner, Id stream, core::HlsConfig config);
  void answerWanted(Id request, Id stream);
  void refuseWanted(Id request, std::string reason);
  void switchOutput(Id output, Id stream);
  void close(Id id);  // stream, ingest or output; unknown ids are ignored

  // nullptr: the init section or segment has left the window, or no such output.
  core::BlockRef findInit(Id output, uint32_t number);
  std::vector<core::BlockRef> findSegment(Id output, uint64_t number);

  std::optional<StreamStats> streamStats(Id stream);
  HubStats stats();

  // For GStreamer elements. A pipeline registers under an id of nextId() so that they find its owner.
  void registerPipeline(OwnerId owner, Id pipeline);
  void unregisterPipeline(Id pipeline);
  void emit(Id pipeline, Event event);  // to the pipeline's owner
  // nullptr: no stream of that path is open in the domain of the pipeline's owner.
  std::shared_ptr<Publisher> publish(Id pipeline, const std::string& path);
  // Emits Wanted; items come once TypeScript has answered with an output.
  std::shared_ptr<Subscription> want(Id pipeline, const std::string& path,
                                     std::vector<std::string> feeds);
  // The newest key frame of the first video track; called on the media thread, with nullptrs when there is none.
  using KeyFrameSink = std::function<void(core::EpochRef, core::FrameRef)>;
  void keyFrame(Id stream, KeyFrameSink sink);
};

}  // namespace io
