#include "core/depacketizer.hpp"

#include "core/aac_depacketizer.hpp"
#include "core/h264_depacketizer.hpp"
#include "core/opaque_depacketizer.hpp"

#include <utility>

namespace core {

std::unique_ptr<Depacketizer> makeDepacketizer(const RtpTrackConfig& config,
                                               Depacketizer::Sink sink) {
  if (config.codec == "H264") return std::make_unique<H264Depacketizer>(config, std::move(sink));
  if (config.codec == "MPEG4-GENERIC")
    return std::make_unique<AacDepacketizer>(config, std::move(sink));
  return std::make_unique<OpaqueDepacketizer>(std::move(sink));
}

}  // namespace core
