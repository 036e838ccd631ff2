#include "core/nal_picture.hpp"

#include "core/h264_depacketizer.hpp"
#include "core/h265_depacketizer.hpp"

#include <algorithm>
#include <vector>

namespace core {

namespace {

constexpr size_t kFrameLengthBytes = 4;

void appendNal(ByteView nal, Bytes& out) {
  append32(static_cast<uint32_t>(nal.size()), out);
  out.insert(out.end(), nal.begin(), nal.end());
}

// Takes a NAL unit and its length off the front; empty when the length passes the end.
ByteView takeNalOff(ByteView& bytes, size_t lengthBytes) {
  size_t length = 0;
  for (size_t i = 0; i < lengthBytes; ++i) length = length << 8 | bytes[i];
  bytes = bytes.subspan(lengthBytes);
  if (length > bytes.size()) return {};
  const ByteView nal = bytes.first(length);
  bytes = bytes.subspan(length);
  return nal;
}

bool isAmong(const std::vector<Bytes>& sets, ByteView nal) {
  return std::ranges::any_of(sets, [nal](const Bytes& it) { return std::ranges::equal(nal, it); });
}

bool hasSet(const H264Parameters& parameters, ByteView nal) {
  return std::ranges::equal(nal, parameters.sps) || isAmong(parameters.pps, nal);
}

bool hasSet(const H265Parameters& parameters, ByteView nal) {
  return std::ranges::equal(nal, parameters.vps) || std::ranges::equal(nal, parameters.sps) ||
         isAmong(parameters.pps, nal);
}

template <typename Codec>
bool isNoMedia(const typename Codec::Parameters& parameters, ByteView nal) {
  return Codec::isLeftOut(nal) && (!Codec::isParameterSet(nal) || hasSet(parameters, nal));
}

template <typename Codec>
std::optional<NalPicture> takeUnits(const typename Codec::Parameters& parameters,
                                    size_t lengthBytes, ByteView bytes) {
  NalPicture picture;
  picture.payload.reserve(bytes.size() + kFrameLengthBytes);
  bool hasPicture = false;
  bool referred = false;
  while (bytes.size() > lengthBytes) {
    const ByteView nal = takeNalOff(bytes, lengthBytes);
    if (nal.empty()) return std::nullopt;
    if (isNoMedia<Codec>(parameters, nal)) continue;
    if (Codec::isPicture(nal)) {
      hasPicture = true;
      picture.intra = picture.intra || Codec::isIntra(nal);
      referred = referred || Codec::isReferred(nal, &parameters);
    }
    appendNal(nal, picture.payload);
  }
  picture.droppable = !referred;
  return hasPicture ? std::optional(std::move(picture)) : std::nullopt;
}

}  // namespace

std::optional<NalPicture> takeNalPicture(const Parameters& parameters, size_t lengthBytes,
                                         ByteView bytes) {
  if (const auto* h264 = std::get_if<H264Parameters>(&parameters))
    return takeUnits<H264Codec>(*h264, lengthBytes, bytes);
  if (const auto* h265 = std::get_if<H265Parameters>(&parameters))
    return takeUnits<H265Codec>(*h265, lengthBytes, bytes);
  return std::nullopt;
}

}  // namespace core
