#pragma once

#include "core/audio_parameters.hpp"

#include <array>
#include <optional>

// FLAC, RFC 9639, as far as carrying it needs.
namespace core::flac {

// Section 8.2, without the head of its metadata block. Sizes of frames, the length of the whole
// and its checksum are not known of a stream.
using StreamInfo = std::array<uint8_t, 34>;

StreamInfo formatStreamInfo(const FlacParameters& parameters);
// Unset: cut short, or nothing that makes sense.
std::optional<FlacParameters> parseStreamInfo(ByteView bytes);

// Whether a frame begins with these bytes (section 9.1): metadata does not.
bool isFrame(ByteView bytes);

}  // namespace core::flac
