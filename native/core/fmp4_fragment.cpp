#include "core/fmp4_fragment.hpp"

#include "core/box_writer.hpp"
#include "core/fmp4_track.hpp"

#include <algorithm>
#include <limits>
#include <vector>

// moof and mdat: ISO/IEC 14496-12 sections 8.8.4 to 8.8.12.
namespace core::fmp4 {

namespace {

enum TrackFlags : uint32_t {
  kDefaultDuration = 0x000008,
  kDefaultSize = 0x000010,
  kDefaultFlags = 0x000020,
  kBaseIsMoof = 0x020000,
};

enum RunFlags : uint32_t {
  kDataOffset = 0x001,
  kFirstFlags = 0x004,
  kDurations = 0x100,
  kSizes = 0x200,
  kFlags = 0x400,
  kOffsets = 0x800,
};

constexpr size_t kBoxHead = 8;
constexpr size_t kFragmentHead = kBoxHead + 16;  // moof, mfhd
// traf, tfhd and tfdt without the optional fields of tfhd, trun with its data offset.
constexpr size_t kTrackHead = kBoxHead + 16 + 20 + 20;

size_t fields(uint32_t flags, uint32_t mask) {
  return 4 * static_cast<size_t>(__builtin_popcount(flags & mask));
}

uint32_t sampleFlags(const Frame& frame) { return frame.key ? kKeySample : kOtherSample; }

template <typename T>
T clampTo(int64_t value) {
  using Limits = std::numeric_limits<T>;
  return static_cast<T>(std::clamp<int64_t>(value, Limits::min(), Limits::max()));
}

// Durations are differences of rounded decode times, so that nothing adds up to a drift.
void collect(Run& run, const Track& track, std::span<const Sample> samples) {
  const uint32_t scale = timescale(track);
  int64_t now = 0, end = 0;
  const auto finish = [&](int64_t next) {
    if (run.entries.empty()) return;
    run.entries.back().duration = clampTo<uint32_t>(next - now);
    now += run.entries.back().duration;
  };
  for (const Sample& sample : samples) {
    const Frame& frame = *sample.frame;
    if (frame.track + 1u != run.id) continue;
    const int64_t dts = toTicks(frame.dts, scale);
    finish(dts);
    if (run.entries.empty()) run.decodeTime = static_cast<uint64_t>(now = dts);
    run.entries.push_back({&frame, 0, clampTo<int32_t>(toTicks(frame.pts, scale) - now)});
    run.mediaBytes += frame.payload.size();
    end = toTicks(frame.dts + sample.duration, scale);
  }
  finish(end);
}

// Leaves out what a default says for all samples.
void layOut(Run& run, const Track& track) {
  const std::vector<Run::Entry>& entries = run.entries;
  const auto all = [&](auto same) { return std::all_of(entries.begin(), entries.end(), same); };
  const Run::Entry& first = entries.front();
  const uint32_t usual = usualSampleFlags(track);
  run.trackFlags = kBaseIsMoof;
  run.runFlags = kDataOffset;

  const bool oneDuration = all([&](const Run::Entry& e) { return e.duration == first.duration; });
  if (!oneDuration) {
    run.runFlags |= kDurations;
  } else if (first.duration != usualSampleDuration(track)) {
    run.trackFlags |= kDefaultDuration;
  }
  const size_t size = first.frame->payload.size();
  if (all([&](const Run::Entry& e) { return e.frame->payload.size() == size; })) {
    run.trackFlags |= kDefaultSize;
  } else {
    run.runFlags |= kSizes;
  }
  if (std::all_of(entries.begin() + 1, entries.end(),
                  [&](const Run::Entry& e) { return sampleFlags(*e.frame) == usual; })) {
    if (sampleFlags(*first.frame) != usual) run.runFlags |= kFirstFlags;
  } else if (all([&](const Run::Entry& e) { return e.frame->key; })) {
    run.trackFlags |= kDefaultFlags;
    run.defaultFlags = kKeySample;
  } else {
    run.runFlags |= kFlags;
  }
  if (!all([](const Run::Entry& e) { return e.offset == 0; })) run.runFlags |= kOffsets;

  run.headBytes = kTrackHead + fields(run.trackFlags, ~uint32_t{kBaseIsMoof}) +
                  fields(run.runFlags, kFirstFlags) +
                  entries.size() * fields(run.runFlags, kDurations | kSizes | kFlags | kOffsets);
}

std::vector<Run> makeRuns(const Epoch& epoch, std::span<const Sample> samples) {
  std::vector<Run> runs;
  for (uint32_t i = 0; i < epoch.tracks.size(); ++i) {
    if (!takesPart(epoch, i)) continue;
    Run run{i + 1, 0, 0, 0, 0, 0, 0, {}};
    collect(run, epoch.tracks[i], samples);
    if (run.entries.empty()) continue;
    layOut(run, epoch.tracks[i]);
    runs.push_back(std::move(run));
  }
  return runs;
}

void writeRun(BoxWriter& out, const Run& run, uint32_t dataOffset) {
  out.fullBox("trun", 1, run.runFlags, [&] {
    out.u32(static_cast<uint32_t>(run.entries.size()));
    out.u32(dataOffset);
    if (run.runFlags & kFirstFlags) out.u32(sampleFlags(*run.entries.front().frame));
    for (const Run::Entry& entry : run.entries) {
      if (run.runFlags & kDurations) out.u32(entry.duration);
      if (run.runFlags & kSizes) out.u32(static_cast<uint32_t>(entry.frame->payload.size()));
      if (run.runFlags & kFlags) out.u32(sampleFlags(*entry.frame));
      if (run.runFlags & kOffsets) out.u32(static_cast<uint32_t>(entry.offset));
    }
  });
}

void writeTrack(BoxWriter& out, const Run& run, uint32_t dataOffset) {
  const Run::Entry& first = run.entries.front();
  out.box("traf", [&] {
    out.fullBox("tfhd", 0, run.trackFlags, [&] {
      out.u32(run.id);
      if (run.trackFlags & kDefaultDuration) out.u32(first.duration);
      if (run.trackFlags & kDefaultSize) {
        out.u32(static_cast<uint32_t>(first.frame->payload.size()));
      }
      if (run.trackFlags & kDefaultFlags) out.u32(run.defaultFlags);
    });
    out.fullBox("tfdt", 1, 0, [&] { out.u64(run.decodeTime); });
    writeRun(out, run, dataOffset);
  });
}

}  // namespace

Fragment::Fragment(const Epoch& epoch, std::span<const Sample> samples)
    : runs_(makeRuns(epoch, samples)), headBytes_(kFragmentHead + kBoxHead) {
  for (const Run& run : runs_) {
    headBytes_ += run.headBytes;
    mediaBytes_ += run.mediaBytes;
  }
}

// Only the head is zeroed before it is written; payloads are appended.
void Fragment::append(uint32_t sequence, Bytes& out) const {
  const size_t start = out.size();
  if (out.capacity() < start + size()) out.reserve(start + size());
  out.resize(start + headBytes_);
  BoxWriter head(out.data() + start);
  head.box("moof", [&] {
    head.fullBox("mfhd", 0, 0, [&] { head.u32(sequence); });
    size_t offset = headBytes_;
    for (const Run& run : runs_) {
      writeTrack(head, run, static_cast<uint32_t>(offset));
      offset += run.mediaBytes;
    }
  });
  head.u32(static_cast<uint32_t>(kBoxHead + mediaBytes_));
  head.text("mdat");
  for (const Run& run : runs_)
    for (const Run::Entry& entry : run.entries)
      out.insert(out.end(), entry.frame->payload.begin(), entry.frame->payload.end());
}

Bytes fragment(const Epoch& epoch, uint32_t sequence, std::span<const Sample> samples) {
  Bytes bytes;
  Fragment(epoch, samples).append(sequence, bytes);
  return bytes;
}

Sample liveSample(const Epoch& epoch, const FrameRef& frame) {
  constexpr Micros kLong{1'000'000};
  const Track& track = epoch.tracks[frame->track];
  const Micros known = frame->duration > Micros{0} ? frame->duration : usualDuration(track);
  return {frame, isParsedVideo(track) ? kLong : known};
}

}  // namespace core::fmp4
