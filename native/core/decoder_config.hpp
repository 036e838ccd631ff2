#pragma once

#include "core/bytes.hpp"
#include "core/track.hpp"

// What decoders want to know first, as files and GStreamer's codec_data have it.
namespace core {

// AVCDecoderConfigurationRecord, ISO/IEC 14496-15 section 5.3.3.1: lengths of NAL units have 4
// bytes.
Bytes formatAvcC(const H264Parameters& parameters);

// HEVCDecoderConfigurationRecord, ISO/IEC 14496-15 section 8.3.3.1: lengths of NAL units have 4
// bytes, and no parameter set stands anywhere else.
Bytes formatHvcC(const H265Parameters& parameters);

}  // namespace core
