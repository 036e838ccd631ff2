#pragma once

#include "core/bytes.hpp"
#include "gst/meter.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

// PipelineRecipe of lib/native/binding.ts, which says what the fields mean.
namespace pipelines {

struct LaunchSpec {
  std::string launch;
  bool paused = false;
  std::string path;  // of hubsinks that name none; may be empty
};

struct TestSpec {
  std::string path;
  uint32_t width = 0;
  uint32_t height = 0;
  uint32_t frameRate = 0;
  uint32_t gop = 0;
  bool audio = false;
  uint32_t bitrateBps = 0;
};

struct FileSpec {
  std::string path;
  std::string location;
  bool loop = false;
};

struct RtspSpec {
  std::string path;
  std::string url;
};

struct UriInput {
  std::string uri;
  bool live = false;
};

struct HubInput {
  std::string path;
};

struct FileOutput {
  std::string format;
  std::string location;
};

struct UrlOutput {
  std::string protocol;  // "rtmp", "rtsp", "srt"
  std::string url;
};

struct HlsOutput {
  std::string location;
  core::Micros segmentDuration{0};
  uint32_t segmentCount = 0;
};

struct HubOutput {
  std::string path;
};

using RelayInput = std::variant<UriInput, HubInput>;
using RelayOutput = std::variant<FileOutput, UrlOutput, HlsOutput, HubOutput>;

struct RelaySpec {
  RelayInput input;
  RelayOutput output;
  bool paused = false;
  bool loop = false;
  core::Micros start{0};  // of the first round
  core::Micros duration{0};
};

// Of a stream or, where its id is given, of a pipeline.
struct SnapshotSpec {
  uint32_t stream = 0;
  std::string format;
  uint32_t width = 0;
  uint32_t height = 0;
  uint32_t quality = 0;
  uint32_t pipeline = 0;
  std::shared_ptr<const gst::Meter> meter{};  // that pipeline's; nullptr: it has none
};

// Of a playable stream: the sound of this track in this epoch.
struct SoundSpec {
  uint32_t stream = 0;
  uint32_t epoch = 0;
  uint8_t track = 0;
};

using Spec =
    std::variant<LaunchSpec, TestSpec, FileSpec, RtspSpec, RelaySpec, SnapshotSpec, SoundSpec>;

}  // namespace pipelines
