#pragma once

#include "core/h264.hpp"
#include "core/nal_depacketizer.hpp"

namespace core {

// RFC 6184 in packetization modes 0 and 1.
struct H264Codec {
  using Parameters = H264Parameters;
  static constexpr size_t kHeaderBytes = 1;
  static constexpr bool kHasVps = false;

  static NalPacket inspect(ByteView payload);
  static bool isPicture(ByteView nal) { return h264::isPicture(h264::nalType(nal[0])); }
  static bool isSlice(ByteView nal);
  static bool isIntra(ByteView nal) { return h264::nalType(nal[0]) == h264::kIdr; }
  static bool isReferred(ByteView nal, const Parameters*) { return h264::nalRefIdc(nal[0]) != 0; }
  static bool isParameterSet(ByteView nal) {
    const uint8_t type = h264::nalType(nal[0]);
    return type == h264::kSps || type == h264::kPps;
  }
  static bool isLeftOut(ByteView nal);
  static bool hasRecoveryPoint(ByteView nal);
  static std::optional<NalSlice> parseSlice(ByteView nal, const ParameterSets<H264Codec>& sets);

  static std::optional<SetFacts> identify(ByteView nal);
  static Result<Parameters> parametersOf(Bytes vps, Bytes sps, std::vector<Bytes> pps);
};

using H264Depacketizer = NalDepacketizer<H264Codec>;

}  // namespace core
