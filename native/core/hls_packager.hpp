#pragma once

#include "core/fmp4.hpp"
#include "core/fmp4_interleaver.hpp"
#include "core/output.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace core {

struct HlsConfig {
  Micros segmentDuration{1'000'000};  // a segment ends at the first key frame at or after it
  Micros partDuration{200'000};  // parts are as many whole frames as come nearest to it
  Micros partTarget{0};  // of the path's last packager, which parts keep to; 0 = to be chosen
  uint32_t segmentCount = 7;  // in the playlist; as many again stay to be fetched
  size_t segmentMaxBytes =
      50'000'000;  // a larger segment is ended at once, the rest up to a key frame dropped
};

struct HlsInit {
  uint32_t number = 0;  // from 1; a segment names the init section it needs
  std::string codecs;
  uint32_t width = 0, height = 0;
  uint32_t frameRateNum = 0, frameRateDen = 1;
  BlockRef block;
};

struct HlsPart {
  uint64_t number = 0;  // from 1, over all segments
  Micros duration{0};
  bool independent = false;
  bool last = false;  // of its segment, which is complete with it
  BlockRef block;
};

struct HlsSegment {
  uint64_t number = 0;  // media sequence number, from 0
  uint32_t init = 0;
  Micros start{0};  // media time of its first picture
  Micros capture{0};  // server clock of the same (PROGRAM-DATE-TIME)
  Micros duration{0};
  bool discontinuity = false;
  size_t bytes = 0;
  std::vector<HlsPart> parts;  // concatenated they are the segment
};

// Packages a stream into the parts and segments of HLS and keeps the window. Media thread only.
//
// Every segment begins with a key frame of the leading track (the first video track; without video
// the first audio track). Audio goes to the segment in which its decode time falls and is waited
// for 200 ms of media time. Pictures that are damaged, and all up to the next key frame, are left
// out; the one before them stays on screen for as long. An epoch without a track that fits gives
// nothing, not even an init section.
//
// No part is longer than the part target, which the frames of the first one decide; it grows only
// where an epoch begins whose single frames are longer. A frame that lasts longer because others
// are missing is a part of its own.
class HlsPackager final : public Output {
 public:
  struct Sink {
    std::function<void(const HlsInit&)> init;
    std::function<void(const HlsSegment& segment, size_t part)>
        part;  // parts[part] has just been added
    std::function<void(const HlsSegment&)> segment;  // complete
    std::function<void()> ended;
  };
  HlsPackager(HlsConfig config, Sink sink);

  void epoch(const EpochRef& epoch) override;
  void frame(const FrameRef& frame) override;
  void ended() override;

  const HlsInit* findInit(uint32_t number) const;  // nullptr: left the window
  const HlsSegment* findSegment(uint64_t number) const;  // nullptr: left the window or not complete
  // nullptr: left the window or not there yet; parts of an open segment can be found.
  const HlsPart* findPart(uint64_t number) const;
  Micros partTarget() const { return target_; }  // 0 = not chosen yet

 private:
  using Head = fmp4::Interleaver::Head;
  void drain(bool last);
  bool step(const Head& head);
  void makeRoom(const Head& head);
  bool endsSegment(const Head& head) const;
  bool endsPart(const Head& head);
  bool chooseTarget();
  void keepToTarget(Micros duration);
  bool fits(const Frame& frame) const;
  void openSegment(const Frame& frame);
  void addSample(const Head& head);
  void closePart(bool last);
  void closeSegment();
  void leaveWindow();
  void announceInit();
  void restart();
  void finish();

  const HlsConfig config_;
  const Sink sink_;
  fmp4::Interleaver frames_;
  EpochRef epoch_;
  bool carries_ = false;
  bool ended_ = false;

  std::deque<HlsInit> inits_;
  std::deque<HlsSegment> window_;  // complete ones, numbers without a gap
  uint64_t nextNumber_ = 0;
  uint64_t parts_ = 0;  // made so far
  Micros target_{0};
  bool fresh_ = true;  // no part since times began anew
  bool discontinuity_ = false;  // before the next segment

  std::optional<HlsSegment> open_;
  Micros segmentStart_{0};  // decode times of the leading track
  Micros partStart_{0};
  Micros leadEnd_{0};
  std::vector<fmp4::Sample> samples_;  // of the part to come
  size_t sampleBytes_ = 0;
  size_t leadFrames_ = 0;  // how many of the leading track are among them
  Micros shortest_{0}, longest_{0};  // of these
  bool independent_ = false;
};

}  // namespace core
