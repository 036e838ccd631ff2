#include "core/hls_packager.hpp"

#include "core/mp4_reader.hpp"
#include "core/synthetic.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

// Epochs and frames in any order with times from plausible to absurd; what comes out is read back.
namespace {

using core::Micros;

constexpr size_t kMaxBytes = 50'000;
constexpr uint32_t kCount = 3;
// A frame of the leading track is at most this long (fmp4_interleaver.cpp, kMaxStep).
constexpr Micros kLongest{30'000'000};
constexpr Micros kPart{200'000};
// Before there is a target a part may be one such frame after frames of less than a part; the
// target chosen by it lets later ones be a tenth longer.
constexpr Micros kLongestPart = (kLongest + kPart) * 11 / 10;

void require(bool condition) {
  if (!condition) std::abort();
}

// What the fuzzer wants next; zeros when there is no more.
class Script {
 public:
  Script(const uint8_t* bytes, size_t size) : bytes_(bytes, size) {}
  bool empty() const { return at_ >= bytes_.size(); }
  int64_t next(size_t count) {
    uint64_t value = 0;
    for (size_t i = 0; i < count; ++i) value = value << 8 | (empty() ? 0 : bytes_[at_++]);
    const unsigned unused = 64 - 8 * static_cast<unsigned>(count);
    return static_cast<int64_t>(value << unused) >> unused;
  }

 private:
  core::ByteView bytes_;
  size_t at_ = 0;
};

class Checker {
 public:
  core::HlsPackager::Sink sink() {
    return {
        [this](const core::HlsInit& init) { onInit(init); },
        [this](const core::HlsSegment& segment, size_t part) { onPart(segment, part); },
        [this](const core::HlsSegment& segment) { onSegment(segment); },
        [] {},
    };
  }

  uint64_t segments() const { return nextSegment_; }

 private:
  void onInit(const core::HlsInit& init) {
    require(init.number == inits_.size() + 1);
    require(mp4::read(init.block->bytes()).has_value());
    require(!mp4::find(init.block->bytes(), "moov/trak").empty());
    inits_.push_back(init.block);
  }

  void onPart(const core::HlsSegment& segment, size_t index) {
    require(segment.number == nextSegment_ && index + 1 == segment.parts.size());
    const core::HlsPart& part = segment.parts[index];
    require(part.duration > Micros{0} && part.duration <= kLongestPart);
    require(part.number == sequence_ + 1u);
    if (index == 0 && segment.discontinuity) lastDts_.clear();
    const auto fragments =
        mp4::readFragments(inits_.at(segment.init - 1)->bytes(), part.block->bytes());
    require(fragments && fragments->size() == 1);
    const mp4::Fragment& fragment = fragments->front();
    require(fragment.sequence == ++sequence_ && !fragment.samples.empty());
    bool key = false;
    for (const mp4::Sample& sample : fragment.samples) {
      require(sample.duration / 90'000 <= 2 * kLongest / std::chrono::seconds{1});
      auto& last = lastDts_[sample.track];
      require(sample.dts >= last);
      last = sample.dts;
      for (const uint8_t byte : sample.payload) require(byte + 1u == sample.track);
      key = key || sample.key;
    }
    require(!part.independent || key);
    require(index > 0 || part.independent);
  }

  void onSegment(const core::HlsSegment& segment) {
    require(segment.number == nextSegment_++);
    require(segment.number > 0 || !segment.discontinuity);
    Micros duration{0};
    size_t bytes = 0;
    for (const core::HlsPart& part : segment.parts) {
      duration += part.duration;
      bytes += part.block->size();
    }
    require(!segment.parts.empty());
    require(duration == segment.duration && bytes == segment.bytes && bytes <= kMaxBytes);
  }

  std::vector<core::BlockRef> inits_;
  std::map<uint32_t, uint64_t> lastDts_;
  uint64_t nextSegment_ = 0;
  uint32_t sequence_ = 0;
};

std::vector<core::Track> tracks(int64_t choice) {
  std::vector<core::Track> chosen;
  for (int i = 0; i < 3; ++i, choice >>= 2) {
    switch (choice & 3) {
      case 0:
        chosen.push_back(synthetic::opaqueTrack());
        break;
      case 1:
        chosen.push_back(synthetic::videoTrack());
        break;
      case 2:
        chosen.push_back(synthetic::audioTrack(i == 0 ? 48000 : 44100));
        break;
      default:
        return chosen;
    }
  }
  return chosen;
}

// The step of time: mostly milliseconds, sometimes anything.
int64_t step(Script& script, int64_t kind) {
  switch (kind & 3) {
    case 0:
      return 20'000;
    case 1:
      return script.next(1) * 1000;
    case 2:
      return script.next(2) * 1000;
    default:
      return script.next(8) / 4;
  }
}

core::Frame frame(Script& script, std::vector<int64_t>& times) {
  const int64_t flags = script.next(1);
  const auto track = static_cast<uint8_t>(script.next(1) & 3);
  int64_t& dts = times[track];
  // No sum of these passes the end of 64 bits: a quarter at most, and begun again.
  const int64_t next = step(script, flags);
  dts = std::abs(next) > int64_t{1} << 50 ? next : dts % (int64_t{1} << 60) + next;
  const int64_t offset = flags & 0x40 ? step(script, script.next(1)) : 0;
  core::Frame made = synthetic::frame(track, flags & 4, {Micros{dts}},
                                      flags & 8 ? script.next(2) & 0xffff : script.next(1) & 0xff);
  made.pts = Micros{dts} + Micros{offset};
  made.damaged = (flags & 0x30) == 0x30;
  made.discontinuity = flags & 0x80 && flags & 0x10;
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  Script script(bytes, size);
  Checker checker;
  const core::HlsConfig config{.segmentDuration = Micros{1'000'000},
                               .partDuration = kPart,
                               .segmentCount = kCount,
                               .segmentMaxBytes = kMaxBytes};
  core::HlsPackager packager(config, checker.sink());
  std::vector<int64_t> times(4, 1'000'000);
  std::vector<std::weak_ptr<const core::Frame>> frames;
  uint32_t epoch = 0;
  packager.epoch(synthetic::epoch(++epoch, tracks(script.next(1))));
  while (!script.empty()) {
    if (script.next(1) == -1) {
      packager.epoch(synthetic::epoch(++epoch, tracks(script.next(1))));
      continue;
    }
    core::Frame made = frame(script, times);
    made.epoch = epoch;
    const core::FrameRef shared = synthetic::share(std::move(made));
    frames.push_back(shared);
    packager.frame(shared);
  }
  packager.ended();
  for (const auto& each : frames) require(each.expired());
  size_t kept = 0;
  for (uint64_t number = 0; number < checker.segments(); ++number) {
    const core::HlsSegment* segment = packager.findSegment(number);
    if (segment == nullptr) continue;
    ++kept;
    for (const core::HlsPart& part : segment->parts)
      require(packager.findPart(part.number) == &part);
  }
  require(kept <= 2 * kCount && kept == std::min<uint64_t>(checker.segments(), 2 * kCount));
  return 0;
}
