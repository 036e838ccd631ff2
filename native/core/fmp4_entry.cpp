#include "core/fmp4_entry.hpp"

#include "core/decoder_config.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <variant>
#include <vector>

namespace core::fmp4 {

namespace {

constexpr size_t kMaxSet = 0xffff;  // a parameter set's length has 16 bits
constexpr size_t kMaxSets = 0xff;
constexpr size_t kMaxConfig = 1024;

bool fits(const Bytes& set) { return !set.empty() && set.size() <= kMaxSet; }

bool fit(const std::vector<Bytes>& sets) {
  return !sets.empty() && sets.size() <= kMaxSets && std::all_of(sets.begin(), sets.end(), fits);
}

template <typename... Numbers>
std::string print(const char* format, Numbers... numbers) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, numbers...);
  return text.data();
}

// H.264

bool isCarried(const H264Parameters& h264) {
  return h264.sps.size() >= 4 && fits(h264.sps) && fit(h264.pps);
}

SampleEntry entryOf(const H264Parameters& h264) {
  const Bytes& sps = h264.sps;
  return {"avc1", "avcC", formatAvcC(h264), print("avc1.%02x%02x%02x", sps[1], sps[2], sps[3])};
}

// H.265

bool isCarried(const H265Parameters& h265) {
  return fits(h265.vps) && fits(h265.sps) && fit(h265.pps);
}

// ISO/IEC 14496-15 section E.3: profile, compatibility flags in reverse order, tier and level, and
// the constraint flags without zeros at their end.
std::string hevcName(const std::array<uint8_t, 12>& general) {
  const uint32_t flags = uint32_t{general[1]} << 24 | uint32_t{general[2]} << 16 |
                         uint32_t{general[3]} << 8 | general[4];
  uint32_t reversed = 0;
  for (unsigned bit = 0; bit < 32; ++bit) reversed |= (flags >> bit & 1) << (31 - bit);
  constexpr std::array<const char*, 4> kSpaces{"", "A", "B", "C"};
  std::string name = print("hvc1.%s%u.%X.%c%u", kSpaces[general[0] >> 6], general[0] & 31u,
                           reversed, general[0] & 0x20 ? 'H' : 'L', general[11]);
  size_t last = 11;
  while (last > 5 && general[last - 1] == 0) --last;
  for (size_t i = 5; i < last; ++i) name += print(".%X", general[i]);
  return name;
}

SampleEntry entryOf(const H265Parameters& h265) {
  return {"hvc1", "hvcC", formatHvcC(h265), hevcName(h265.profileTierLevel)};
}

// AAC

// A descriptor of ISO/IEC 14496-1 section 8.3.3; its length in the 4 byte form.
Bytes descriptor(uint8_t tag, std::initializer_list<Bytes> parts) {
  size_t length = 0;
  for (const Bytes& part : parts) length += part.size();
  Bytes out{tag};
  for (const unsigned shift : {21u, 14u, 7u})
    out.push_back(static_cast<uint8_t>(0x80 | (length >> shift & 0x7f)));
  out.push_back(static_cast<uint8_t>(length & 0x7f));
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

// esds of ISO/IEC 14496-14 section 5.6. An empty `config` is left out.
Bytes elementaryStream(uint8_t objectType, const Bytes& config) {
  Bytes decoder{objectType, 0x15};  // audio stream
  decoder.resize(13);  // buffer size and bitrates: not known
  const Bytes specific = config.empty() ? Bytes{} : descriptor(5, {config});
  const Bytes versionAndFlags(4);
  const Bytes sync = descriptor(6, {{2}});  // as MP4 files have it
  Bytes out = versionAndFlags;
  const Bytes stream = descriptor(3, {{0, 0, 0}, descriptor(4, {decoder, specific}), sync});
  out.insert(out.end(), stream.begin(), stream.end());
  return out;
}

bool isCarried(const AacParameters& aac) {
  return aac.sampleRateHz > 0 && !aac.config.empty() && aac.config.size() <= kMaxConfig;
}

SampleEntry entryOf(const AacParameters& aac) {
  constexpr uint8_t kMpeg4Audio = 0x40;
  // The first type that the config names: 5 and 29 where SBR or PS lie around the core.
  const unsigned signalled = aac.config[0] >> 3;
  const unsigned type = signalled == 31 ? aac.objectType : signalled;
  return {"mp4a", "esds", elementaryStream(kMpeg4Audio, aac.config), print("mp4a.40.%u", type)};
}

// All others.

template <typename Other>
bool isCarried(const Other&) {
  return false;
}

template <typename Other>
SampleEntry entryOf(const Other&) {
  return {};
}

}  // namespace

bool canCarry(const Parameters& parameters) {
  return std::visit([](const auto& it) { return isCarried(it); }, parameters);
}

SampleEntry sampleEntryOf(const Parameters& parameters) {
  return std::visit([](const auto& it) { return entryOf(it); }, parameters);
}

}  // namespace core::fmp4
