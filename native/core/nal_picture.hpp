#pragma once

#include "core/bytes.hpp"
#include "core/track.hpp"

#include <cstddef>
#include <optional>

namespace core {

// A picture of H.264 or H.265 out of a container.
struct NalPicture {
  Bytes payload;  // as in Frame
  bool droppable = false;
  bool intra = false;  // decoding can start here
};

// `bytes`: NAL units, each after its length in `lengthBytes` bytes. What frames do not have is left
// out; sets that the track does not have stay. Unset: no picture, or lengths that pass the end.
std::optional<NalPicture> takeNalPicture(const Parameters& parameters, size_t lengthBytes,
                                         ByteView bytes);

}  // namespace core
