#pragma once

#include "core/fmp4.hpp"
#include "core/output.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>

namespace core {

struct HlsConfig {
  Micros segmentDuration{1'000'000};  // a segment ends at the first key frame at or after it
  Micros partDuration{200'000};       // no part is longer
  uint32_t segmentCount = 7;          // in the playlist; as many again stay to be fetched
  size_t segmentMaxBytes = 50'000'000;  // a larger segment is ended at once, the rest up to a key frame dropped
};

struct HlsInit {
  uint32_t number = 0;  // from 1; a segment names the init section it needs
  std::string codecs;
  uint32_t width = 0, height = 0;
  uint32_t frameRateNum = 0, frameRateDen = 1;
  BlockRef block;
};

struct HlsPart {
  Micros duration{0};
  bool independent = false;
  BlockRef block;
};

struct HlsSegment {
  uint64_t number = 0;  // media sequence number, from 0
  uint32_t init = 0;
  Micros start{0};      // media time of its first picture
  Micros capture{0};    // server clock of the same (PROGRAM-DATE-TIME)
  Micros duration{0};
  bool discontinuity = false;
  size_t bytes = 0;
  std::vector<HlsPart> parts;  // concatenated they are the segment
};

// Packages a stream into the parts and segments of HLS and keeps the window. Media thread only.
class HlsPackager final : public Output {
 public:
  struct Sink {
    std::function<void(const HlsInit&)> init;
    std::function<void(const HlsSegment& segment, size_t part)> part;  // parts[part] has just been added
    std::function<void(const HlsSegment&)> segment;                     // complete
    std::function<void()> ended;
  };
  HlsPackager(HlsConfig config, Sink sink);

  void epoch(const EpochRef& epoch) override;
  void frame(const FrameRef& frame) override;
  void ended() override;

  const HlsInit* findInit(uint32_t number) const;          // nullptr: left the window
  const HlsSegment* findSegment(uint64_t number) const;    // nullptr: left the window or not complete
};

}  // namespace core
