#pragma once

#include "core/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace io {

// Counters of one stream since it was opened. Times in microseconds of the server clock, 0 = never.
struct StreamStats {
  uint64_t bytes = 0;  // media bytes taken in
  uint64_t packets = 0;  // RTP packets taken in
  uint64_t lostPackets = 0;
  uint64_t undecryptablePackets = 0;  // of SRTP and SRTCP, by another key
  int64_t jitterUs = 0;  // of packets now, RFC 3550 section A.8; of the track with the most
  uint64_t frames = 0;  // of all tracks
  uint64_t pictures = 0;  // of video tracks
  uint64_t keyFrames = 0;
  uint64_t damagedFrames = 0;
  uint64_t resyncs = 0;  // framing lost and found again
  int64_t lastFrameUs = 0;  // arrival of the newest frame
  int64_t lastKeyFrameUs = 0;
  int64_t keyDistanceUs = 0;  // the longest between two key frames of an epoch
  uint64_t ringBytes = 0;
  uint32_t epoch = 0;  // number of the current epoch, 0 = none yet
};

// Of a relay.
struct PipelineStats {
  core::Micros position{0};
  uint64_t bytes = 0;
  uint64_t frames = 0;
  uint64_t keyFrames = 0;
  uint64_t droppedFrames = 0;
  core::Micros film{0};  // where in the film what went out ends; 0: nothing did, or it is none
};

struct HubStats {
  uint32_t streams = 0, ingests = 0, outputs = 0, pipelines = 0;
  uint32_t mediaThreads = 0;
  uint32_t abandonedPipelines = 0;
};

}  // namespace io
