#include "core/depacketizer.hpp"

#include "core/aac_depacketizer.hpp"
#include "core/h264_depacketizer.hpp"
#include "core/h265_depacketizer.hpp"
#include "core/opaque_depacketizer.hpp"

#include <string_view>
#include <utility>

namespace core {

namespace {

using Make = std::unique_ptr<Depacketizer> (*)(const RtpTrackConfig&, Depacketizer::Sink&&);

template <typename Made>
std::unique_ptr<Depacketizer> make(const RtpTrackConfig& config, Depacketizer::Sink&& sink) {
  return std::make_unique<Made>(config, std::move(sink));
}

struct Entry {
  std::string_view codec;
  Make make;
};

constexpr Entry kEntries[] = {
    {"H264", make<H264Depacketizer>},
    {"H265", make<H265Depacketizer>},
    {"MPEG4-GENERIC", make<AacDepacketizer>},
};

const Entry* find(std::string_view codec) {
  for (const Entry& entry : kEntries)
    if (entry.codec == codec) return &entry;
  return nullptr;
}

}  // namespace

bool isUnderstood(std::string_view codec) { return find(codec) != nullptr; }

std::unique_ptr<Depacketizer> makeDepacketizer(const RtpTrackConfig& config,
                                               Depacketizer::Sink sink) {
  if (const Entry* entry = find(config.codec)) return entry->make(config, std::move(sink));
  return std::make_unique<OpaqueDepacketizer>(std::move(sink));
}

}  // namespace core
