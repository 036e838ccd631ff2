#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Reads fragmented MP4 (ISO/IEC 14496-12) back, by the text of the standard and not by our writer.
namespace mp4 {

using core::ByteView;

inline uint64_t number(ByteView bytes, size_t at, size_t count) {
  uint64_t value = 0;
  for (size_t i = at; i < at + count; ++i) value = value << 8 | bytes[i];
  return value;
}
inline uint32_t u32(ByteView bytes, size_t at) {
  return static_cast<uint32_t>(number(bytes, at, 4));
}

struct Box {
  std::string type;
  size_t start;  // of its head, in what was read
  ByteView body;
};

// The boxes of `bytes`; nothing when their sizes do not add up.
inline std::optional<std::vector<Box>> read(ByteView bytes) {
  std::vector<Box> boxes;
  for (size_t at = 0; at < bytes.size();) {
    if (bytes.size() - at < 8) return std::nullopt;
    const size_t size = u32(bytes, at);
    if (size < 8 || size > bytes.size() - at) return std::nullopt;
    const char* type = reinterpret_cast<const char*>(bytes.data() + at + 4);
    boxes.push_back({std::string(type, 4), at, bytes.subspan(at + 8, size - 8)});
    at += size;
  }
  return boxes;
}

// Bytes before the first box inside.
inline size_t headBytes(const std::string& type) {
  static const std::map<std::string, size_t> heads{{"stsd", 8},  {"dref", 8},  {"avc1", 78},
                                                   {"hvc1", 78}, {"av01", 78}, {"vp09", 78},
                                                   {"mp4a", 28}, {"Opus", 28}, {"ac-3", 28}};
  const auto found = heads.find(type);
  return found == heads.end() ? 0 : found->second;
}

// What is found lies in the bytes that were looked through, so these must stay.
std::vector<Box> find(core::Bytes&& bytes, std::string_view path) = delete;

// All boxes at `path`, such as "moov/trak/tkhd".
inline std::vector<Box> find(ByteView bytes, std::string_view path) {
  const std::string_view type = path.substr(0, path.find('/'));
  const auto boxes = read(bytes);
  if (!boxes) return {};
  std::vector<Box> found;
  for (const Box& box : *boxes) {
    if (box.type != type) continue;
    if (type.size() == path.size()) {
      found.push_back(box);
      continue;
    }
    const auto inside = find(box.body.subspan(headBytes(box.type)), path.substr(type.size() + 1));
    found.insert(found.end(), inside.begin(), inside.end());
  }
  return found;
}

struct Sample {
  uint32_t track;
  uint64_t dts;
  uint32_t duration;
  int32_t offset;
  bool key;
  ByteView payload;
};

struct Fragment {
  uint32_t sequence;
  std::vector<Sample> samples;
};

struct Defaults {
  uint32_t duration = 0, size = 0, flags = 0;
};

inline std::map<uint32_t, Defaults> readDefaults(ByteView init) {
  std::map<uint32_t, Defaults> defaults;
  for (const Box& trex : find(init, "moov/mvex/trex")) {
    defaults[u32(trex.body, 4)] = {u32(trex.body, 12), u32(trex.body, 16), u32(trex.body, 20)};
  }
  return defaults;
}

// Reads the fields that stand in a box one after the other.
class Fields {
 public:
  explicit Fields(ByteView bytes) : bytes_(bytes), flags_(u32(bytes, 0) & 0xffffff) {}
  bool has(uint32_t flag) const { return flags_ & flag; }
  uint32_t next() { return u32(bytes_, std::exchange(at_, at_ + 4)); }
  uint32_t nextIf(uint32_t flag, uint32_t otherwise) { return has(flag) ? next() : otherwise; }

 private:
  ByteView bytes_;
  uint32_t flags_;
  size_t at_ = 4;
};

// False when the samples are not all in the mdat that follows.
inline bool readTrack(ByteView moofAndMdat, const Box& traf, size_t mdatStart,
                      const std::map<uint32_t, Defaults>& trex, std::vector<Sample>& samples) {
  const auto tfhds = find(traf.body, "tfhd"), tfdts = find(traf.body, "tfdt");
  if (tfhds.size() != 1 || tfdts.size() != 1 || tfdts[0].body[0] != 1) return false;
  Fields head(tfhds[0].body);
  const uint32_t id = head.next();
  if (!head.has(0x020000) || head.has(0x1) || !trex.contains(id)) return false;
  Defaults defaults = trex.at(id);
  if (head.has(0x2)) head.next();
  defaults.duration = head.nextIf(0x8, defaults.duration);
  defaults.size = head.nextIf(0x10, defaults.size);
  defaults.flags = head.nextIf(0x20, defaults.flags);
  uint64_t dts = number(tfdts[0].body, 4, 8);
  for (const Box& trun : find(traf.body, "trun")) {
    Fields run(trun.body);
    const uint32_t count = run.next();
    if (!run.has(0x1)) return false;
    size_t at = run.next();
    if (at < mdatStart + 8) return false;
    const uint32_t firstFlags = run.nextIf(0x4, defaults.flags);
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t duration = run.nextIf(0x100, defaults.duration);
      const uint32_t size = run.nextIf(0x200, defaults.size);
      const uint32_t flags = run.nextIf(0x400, i == 0 ? firstFlags : defaults.flags);
      const auto offset = static_cast<int32_t>(run.nextIf(0x800, 0));
      if (at + size > moofAndMdat.size()) return false;
      const bool key = !(flags & 0x00010000);
      samples.push_back({id, dts, duration, offset, key, moofAndMdat.subspan(at, size)});
      dts += duration;
      at += size;
    }
  }
  return true;
}

// All fragments of `media`; nothing when something is not well-formed or a byte of an mdat belongs
// to no sample.
inline std::optional<std::vector<Fragment>> readFragments(ByteView init, ByteView media) {
  const auto trex = readDefaults(init);
  const auto boxes = read(media);
  if (!boxes || boxes->size() % 2 != 0) return std::nullopt;
  std::vector<Fragment> fragments;
  for (size_t i = 0; i < boxes->size(); i += 2) {
    const Box &moof = (*boxes)[i], &mdat = (*boxes)[i + 1];
    if (moof.type != "moof" || mdat.type != "mdat") return std::nullopt;
    const auto mfhds = find(moof.body, "mfhd");
    if (mfhds.size() != 1) return std::nullopt;
    Fragment fragment{u32(mfhds[0].body, 4), {}};
    const size_t mdatStart = mdat.start - moof.start;
    const ByteView both = media.subspan(moof.start, mdatStart + 8 + mdat.body.size());
    for (const Box& traf : find(moof.body, "traf")) {
      if (!readTrack(both, traf, mdatStart, trex, fragment.samples)) return std::nullopt;
    }
    size_t used = 0;
    for (const Sample& sample : fragment.samples) used += sample.payload.size();
    if (used != mdat.body.size()) return std::nullopt;
    fragments.push_back(std::move(fragment));
  }
  return fragments;
}

}  // namespace mp4
