#pragma once

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/track.hpp"

// AVCDecoderConfigurationRecord, ISO/IEC 14496-15 section 5.3.3.1: codec_data of stream-format=avc.
namespace gst {

struct AvcConfig {
  core::H264Parameters parameters;  // of the first SPS
  uint8_t lengthSize = 4;  // bytes before each NAL unit
};

core::Result<AvcConfig> parseAvcC(core::ByteView bytes);

// With 4 bytes before each NAL unit, as frames have them.
core::Bytes formatAvcC(const core::H264Parameters& parameters);

}  // namespace gst
