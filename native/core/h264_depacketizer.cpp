#include "core/h264_depacketizer.hpp"

#include <array>
#include <utility>

namespace core {

namespace {

// RFC 6184 table 1. Those in between are single NAL units; STAP-B, MTAP and FU-B belong to the
// interleaved mode, which nobody announces to us.
constexpr uint8_t kStapA = 24;
constexpr uint8_t kFuA = 28;
constexpr uint8_t kFirstAggregate = 24;

PictureType pictureOf(h264::SliceType slice) {
  constexpr std::array<PictureType, 3> types{PictureType::p, PictureType::b, PictureType::i};
  return types[static_cast<size_t>(slice)];
}

}  // namespace

NalPacket H264Codec::inspect(ByteView payload) {
  const uint8_t type = h264::nalType(payload[0]);
  if (type == kStapA) return {.shape = NalPacket::Shape::aggregate, .body = payload.subspan(1)};
  if (type < kFirstAggregate) return {.shape = NalPacket::Shape::single, .body = payload};
  if (type != kFuA || payload.size() < 2) return {};
  // Section 5.8. One that has nothing behind its headers cannot begin a NAL unit.
  const uint8_t header = payload[1];
  return {.shape = NalPacket::Shape::fragment,
          .body = payload.subspan(2),
          .header = {static_cast<uint8_t>((payload[0] & 0x60) | h264::nalType(header))},
          .starts = payload.size() > 2 && (header & 0x80) != 0,
          .ends = (header & 0x40) != 0};
}

bool H264Codec::isSlice(ByteView nal) {
  const uint8_t type = h264::nalType(nal[0]);
  return type == h264::kSlice || type == 2 || type == h264::kIdr;
}

// Of no use in a stream whose units have bounds and whose sets travel apart.
bool H264Codec::isLeftOut(ByteView nal) {
  const uint8_t type = h264::nalType(nal[0]);
  return type == 0 || (type >= h264::kSps && type <= h264::kFiller) || type >= kFirstAggregate;
}

bool H264Codec::hasRecoveryPoint(ByteView nal) {
  return h264::nalType(nal[0]) == h264::kSei && h264::hasRecoveryPoint(nal);
}

std::optional<NalSlice> H264Codec::parseSlice(ByteView nal, const ParameterSets<H264Codec>&) {
  const auto slice = h264::parseSliceHeader(nal);
  if (!slice) return std::nullopt;
  return NalSlice{slice->firstMb == 0, slice->ppsId, pictureOf(slice->type)};
}

std::optional<SetFacts> H264Codec::identify(ByteView nal) {
  if (const auto sps = h264::parseSps(nal)) return SetFacts{SetFacts::Level::sps, sps->id};
  if (const auto pps = h264::parsePps(nal))
    return SetFacts{SetFacts::Level::pps, pps->id, pps->spsId};
  return std::nullopt;
}

Result<H264Parameters> H264Codec::parametersOf(Bytes, Bytes sps, std::vector<Bytes> pps) {
  return H264Parameters::fromSets(std::move(sps), std::move(pps));
}

}  // namespace core
