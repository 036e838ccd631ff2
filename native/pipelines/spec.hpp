#pragma once

#include <cstdint>
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

struct SnapshotSpec {
  uint32_t stream = 0;
  std::string format;
  uint32_t width = 0;
  uint32_t height = 0;
  uint32_t quality = 0;
};

using Spec = std::variant<LaunchSpec, TestSpec, FileSpec, RtspSpec, SnapshotSpec>;

}  // namespace pipelines
