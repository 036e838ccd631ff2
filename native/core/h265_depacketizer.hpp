#pragma once

#include "core/h265.hpp"
#include "core/nal_depacketizer.hpp"

namespace core {

// RFC 7798 without DONL, which nobody sends (sprop-max-don-diff 0).
struct H265Codec {
  using Parameters = H265Parameters;
  static constexpr size_t kHeaderBytes = 2;
  static constexpr bool kHasVps = true;

  static NalPacket inspect(ByteView payload);
  static bool isPicture(ByteView nal) { return h265::isPicture(h265::nalType(nal[0])); }
  static bool isSlice(ByteView nal) { return isPicture(nal); }
  static bool isIntra(ByteView nal) { return h265::isIrap(h265::nalType(nal[0])); }
  static bool isReferred(ByteView nal, const Parameters* parameters);
  static bool isParameterSet(ByteView nal) { return h265::isParameterSet(h265::nalType(nal[0])); }
  static bool isLeftOut(ByteView nal);
  static bool hasRecoveryPoint(ByteView nal) { return h265::hasRecoveryPoint(nal); }
  static std::optional<NalSlice> parseSlice(ByteView nal, const ParameterSets<H265Codec>& sets);

  static std::optional<SetFacts> identify(ByteView nal);
  static Result<Parameters> parametersOf(Bytes vps, Bytes sps, std::vector<Bytes> pps);
};

using H265Depacketizer = NalDepacketizer<H265Codec>;

}  // namespace core
