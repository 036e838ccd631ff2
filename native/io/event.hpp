#pragma once

#include "core/bytes.hpp"
#include "core/hls_packager.hpp"
#include "core/rtp_ring.hpp"
#include "core/track.hpp"
#include "io/inspected.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

// Everything that native code tells JavaScript. lib/native/binding.ts has the same list
// (NativeEvent).
namespace io {

struct Text {
  std::string text;
};  // ingest: an RTSP message
struct Rtcp {
  core::Bytes bytes;
};  // ingest of a connection: what the source is told, each report framed by `$`
// Ingest of RTMP: a message that is not media.
struct RtmpMessage {
  uint8_t type = 0;
  uint32_t stream = 0;
  uint32_t timestamp = 0;
  core::Bytes payload;
};
struct Broken {
  std::string reason;
};  // ingest of RTMP: what comes is none; it takes nothing any more
struct Left {};  // ingest: all sources have said goodbye (RTCP BYE)
struct Drained {};  // ingest: feed() said false, now there is room
struct Ended {
  std::string reason;  // empty: the peer has closed it
};  // ingest that reads its connection: nothing comes any more; rtmp output that writes: it gave up
struct BytesRead {
  uint64_t bytes = 0;  // since it reads its connection
};  // ingest of RTMP that does
struct EpochBegan {
  core::EpochRef epoch;
};  // stream: it has tracks, or they changed
// A playable stream: an epoch has begun, and pipelines have to make the sound of these tracks.
struct Remake {
  struct Track {
    uint8_t track = 0;
    std::string codec;
  };
  uint32_t epoch = 0;
  std::vector<Track> tracks;
};
struct InitMade {
  core::HlsInit init;
};  // hls output
struct SegmentMade {
  core::HlsSegment segment;
};  // hls output
struct PartMade {
  uint64_t segment = 0;
  uint32_t init = 0;
  core::Micros capture{0};  // of the segment
  bool discontinuity = false;  // before the segment
  core::HlsPart part;
  core::Micros target{0};
};  // hls output, before the segment that it belongs to
struct Sent {
  struct Dropped {
    uint32_t reader = 0;
    uint64_t packets = 0;  // since it began: not taken by the kernel, or left out by a late sender
  };
  uint64_t packets = 0, bytes = 0;  // to each reader that has been there from the beginning
  uint64_t refused = 0;  // packets that the kernel did not take, of all readers
  std::vector<Dropped> dropped{};  // readers that lack some
};  // udp output, once a second
struct Joined {
  uint32_t reader = 0;
  std::vector<core::RtpStart> starts{};  // empty: it begins with the next key frame
  core::Micros capture{0};  // of the first block
};  // udp output: a reader that was added is there
struct Begun {
  uint32_t reader = 0;
  // What Sent counts before the first packet of this reader; less than nothing where it begins with
  // what was there before the output.
  int64_t packets = 0, bytes = 0;
};  // udp output
struct BlockMade {
  core::OutputBlock made;
  std::shared_ptr<void> untaken;  // goes with the event: JavaScript has taken it
};  // rtp and rtmp output
struct StateChanged {
  std::string state;
};  // pipeline, rtmp output: "playing", "paused"
struct PlannedTrack {
  core::Kind kind = core::Kind::other;
  std::string from;
  std::string to;  // empty: left out
  bool transcoded = false;
};
struct Planned {
  std::vector<PlannedTrack> tracks;
  bool live = false;
  core::Micros length{0};  // of a film that is wanted to its end, as it says itself; 0: unknown
};  // relay: what becomes of each track
struct EndOfStream {};  // pipeline, rtmp output
struct Failed {
  std::string code, message, detail;
  std::string side{};  // of a relay: "input", "output"
};  // pipeline, at most once, before Stopped
// relay to a file: its input is gone; finish() completes what is written, stop() breaks it off.
struct InputLost {
  Failed why;
};
struct Picture {
  core::BlockRef block;
};  // snapshot pipeline: the encoded picture
// A hubsrc asks for a stream (id is the request); feeds: the paths that its own pipeline publishes
// to.
struct Wanted {
  std::string domain, path;
  std::vector<std::string> feeds;
};
struct Unwanted {};  // that hubsrc is gone
// A hubsink would publish to a path that its pipeline is not the source of.
struct Offered {
  std::string domain, path;
};
struct Withdrawn {};  // that hubsink is gone, or rests
struct Stopped {};  // pipeline: its last event
struct Closed {};  // stream, ingest, output: its last event

using Event =
    std::variant<Text, Rtcp, RtmpMessage, Broken, Left, Drained, BytesRead, Ended, EpochBegan,
                 Remake, InitMade, PartMade, SegmentMade, BlockMade, Sent, Joined, Begun,
                 StateChanged, Planned, EndOfStream, Failed, InputLost, Picture, Wanted, Unwanted,
                 Offered, Withdrawn, Stopped, Closed, PacketSeen, UnitSeen, ReportSeen,
                 BrokenReportSeen, StraySeen, ParametersSeen>;

}  // namespace io
