#pragma once

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/track.hpp"

// codec_data of stream-format=avc and hvc1: ISO/IEC 14496-15 sections 5.3.3.1 and 8.3.3.1.
namespace core {

struct NalConfig {
  Parameters parameters;  // of the first SPS
  uint8_t lengthSize = 4;  // bytes before each NAL unit
};

Result<NalConfig> parseAvcC(ByteView bytes);
Result<NalConfig> parseHvcC(ByteView bytes);

}  // namespace core
