#include "core/h265_depacketizer.hpp"

#include <array>
#include <utility>

namespace core {

namespace {

// RFC 7798 section 4.4.
constexpr uint8_t kAggregation = 48;
constexpr uint8_t kFragmentation = 49;

}  // namespace

NalPacket H265Codec::inspect(ByteView payload) {
  if (payload.size() < kHeaderBytes + 1) return {};
  const uint8_t type = h265::nalType(payload[0]);
  if (type < kAggregation) return {.shape = NalPacket::Shape::single, .body = payload};
  if (type == kAggregation)
    return {.shape = NalPacket::Shape::aggregate, .body = payload.subspan(kHeaderBytes)};
  if (type != kFragmentation) return {};
  // Section 4.4.3. OpenIPC sets both bits where a NAL unit fits into one packet.
  const uint8_t header = payload[2];
  const auto first = static_cast<uint8_t>((payload[0] & 0x81) | (header & 0x3f) << 1);
  return {.shape = NalPacket::Shape::fragment,
          .body = payload.subspan(kHeaderBytes + 1),
          .header = {first, payload[1]},
          .starts = payload.size() > kHeaderBytes + 1 && (header & 0x80) != 0,
          .ends = (header & 0x40) != 0};
}

// A picture that its own sub-layer does not refer to may still serve higher ones.
bool H265Codec::isReferred(ByteView nal, const Parameters* parameters) {
  if (!h265::isSubLayerNonReference(h265::nalType(nal[0]))) return true;
  const uint8_t highest = parameters ? parameters->maxSubLayers - 1 : 0;
  return h265::temporalId(nal[1]) < highest;
}

// Of no use in a stream whose units have bounds and whose sets travel apart; what is reserved, and
// layers above the base, are ignored by decoders.
bool H265Codec::isLeftOut(ByteView nal) {
  if (nal.size() <= kHeaderBytes) return true;
  const uint8_t type = h265::nalType(nal[0]);
  const bool isSei = type == h265::kPrefixSei || type == h265::kSuffixSei;
  return !(h265::isPicture(type) || isSei) || h265::layerId(nal[0], nal[1]) != 0;
}

std::optional<NalSlice> H265Codec::parseSlice(ByteView nal, const ParameterSets<H265Codec>& sets) {
  const auto slice = h265::parseSliceHeader(nal);
  if (!slice) return std::nullopt;
  const SetFacts* pps = sets.pps(slice->ppsId);
  PictureType picture = PictureType::none;
  if (pps && slice->isFirst) {
    constexpr std::array<PictureType, 3> types{PictureType::b, PictureType::p, PictureType::i};
    const auto type = h265::parseSliceType(nal, pps->extraSliceBits);
    if (type) picture = types[static_cast<size_t>(*type)];
  }
  return NalSlice{slice->isFirst, slice->ppsId, picture};
}

std::optional<SetFacts> H265Codec::identify(ByteView nal) {
  if (const auto vps = h265::parseVps(nal)) return SetFacts{SetFacts::Level::vps, vps->id};
  if (const auto sps = h265::parseSps(nal))
    return SetFacts{SetFacts::Level::sps, sps->id, sps->vpsId};
  if (const auto pps = h265::parsePps(nal))
    return SetFacts{SetFacts::Level::pps, pps->id, pps->spsId, pps->extraSliceBits};
  return std::nullopt;
}

Result<H265Parameters> H265Codec::parametersOf(Bytes vps, Bytes sps, std::vector<Bytes> pps) {
  return H265Parameters::fromSets(std::move(vps), std::move(sps), std::move(pps));
}

}  // namespace core
