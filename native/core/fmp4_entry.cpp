#include "core/fmp4_entry.hpp"

#include "core/av1.hpp"
#include "core/decoder_config.hpp"
#include "core/flac.hpp"
#include "core/vpx.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>
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

// VP9: VP Codec ISO Media File Format Binding, version 1.0.

bool isCarried(const Vp9Parameters& vp9) { return vp9.width > 0 && vp9.height > 0; }

SampleEntry entryOf(const Vp9Parameters& vp9) {
  constexpr uint8_t kNotTold = 2;  // of colours
  const uint8_t level = vpx::vp9Level(vp9);
  const auto depths =
      static_cast<uint8_t>(vp9.bitDepth << 4 | vp9.chroma << 1 | (vp9.fullRange ? 1 : 0));
  return {
      "vp09",
      "vpcC",
      {1, 0, 0, 0, vp9.profile, level, depths, kNotTold, kNotTold, kNotTold, 0, 0},
      print("vp09.%02u.%02u.%02u", unsigned{vp9.profile}, unsigned{level}, unsigned{vp9.bitDepth})};
}

// AV1: AV1 Codec ISO Media File Format Binding, sections 2.3 and 5.

bool isCarried(const Av1Parameters& av1) { return av1.width > 0 && !av1.sequenceHeader.empty(); }

SampleEntry entryOf(const Av1Parameters& av1) {
  return {"av01", "av1C", av1::formatAv1C(av1),
          print("av01.%u.%02u%c.%02u", unsigned{av1.profile}, unsigned{av1.level},
                av1.highTier ? 'H' : 'M', unsigned{av1.bitDepth})};
}

// Opus: Encapsulation of Opus in ISO Base Media File Format, section 4.3.2.

bool isCarried(const OpusParameters& opus) { return opus.channels == 1 || opus.channels == 2; }

SampleEntry entryOf(const OpusParameters& opus) {
  // Version, channels, nothing to skip, 48000 Hz, no gain, mapping family 0.
  return {"Opus", "dOps", {0, opus.channels, 0, 0, 0, 0, 0xbb, 0x80, 0, 0, 0}, "opus"};
}

// MP3: ISO/IEC 14496-1 table 5, RFC 6381 section 3.3.

bool isCarried(const MpegAudioParameters& audio) {
  return audio.layer == 3 && audio.sampleRateHz > 0;
}

SampleEntry entryOf(const MpegAudioParameters& audio) {
  return {"mp4a", "esds", elementaryStream(audio.isMpeg1 ? 0x6b : 0x69, {}), "mp4a.40.34"};
}

// AC-3: ETSI TS 102 366 section F.4.

bool isCarried(const Ac3Parameters& ac3) { return ac3.sampleRateHz > 0; }

SampleEntry entryOf(const Ac3Parameters& ac3) {
  const uint32_t word = uint32_t{ac3.rateCode} << 22 | uint32_t{ac3.bitstreamId} << 17 |
                        uint32_t{ac3.bitstreamMode} << 14 | uint32_t{ac3.channelMode} << 11 |
                        uint32_t{ac3.lowFrequency} << 10 | uint32_t{ac3.bitrateCode} << 5;
  return {"ac-3",
          "dac3",
          {static_cast<uint8_t>(word >> 16), static_cast<uint8_t>(word >> 8),
           static_cast<uint8_t>(word)},
          "ac-3"};
}

// FLAC: Encapsulation of FLAC in ISO Base Media File Format, version 0.0.4, section 3.3.2.

bool isCarried(const FlacParameters& audio) {
  return audio.sampleRateHz > 0 && audio.channels >= 1 && audio.channels <= 8;
}

SampleEntry entryOf(const FlacParameters& audio) {
  const flac::StreamInfo info = flac::formatStreamInfo(audio);
  // Version and flags; the head of the last metadata block, which is STREAMINFO.
  Bytes config{0, 0, 0, 0, 0x80, 0, 0, info.size()};
  config.insert(config.end(), info.begin(), info.end());
  return {"fLaC", "dfLa", std::move(config), "fLaC"};
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
