#pragma once

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/track.hpp"

// codec_data of stream-format=avc and hvc1: ISO/IEC 14496-15 sections 5.3.3.1 and 8.3.3.1.
namespace gst {

struct NalConfig {
  core::Parameters parameters;  // of the first SPS
  uint8_t lengthSize = 4;  // bytes before each NAL unit
};

core::Result<NalConfig> parseAvcC(core::ByteView bytes);
core::Result<NalConfig> parseHvcC(core::ByteView bytes);

}  // namespace gst
