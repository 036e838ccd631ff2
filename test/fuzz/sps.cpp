#include "core/h264.hpp"
#include "core/nal.hpp"
#include "core/track.hpp"
#include "fuzz/input.hpp"

namespace core {
namespace {

void checkSps(const h264::Sps& sps) {
  require(sps.id <= 31 && sps.chromaFormatIdc <= 3 && sps.picOrderCntType <= 2);
  require(sps.width > 0 && sps.width <= 1055 * 16);
  require(sps.height > 0 && sps.height <= 1055 * 16);
  require(sps.frameRateDen > 0);
  require(sps.frameRateNum <= uint64_t{sps.frameRateDen} * 1000);
  require(!sps.maxReorderFrames || *sps.maxReorderFrames <= 16);
  require(!sps.vui.maxDecFrameBuffering || *sps.vui.maxDecFrameBuffering <= 16);
  require(sps.log2MaxFrameNum >= 4 && sps.log2MaxFrameNum <= 16);
}

void run(ByteView nal) {
  if (const auto sps = h264::parseSps(nal)) {
    checkSps(*sps);
    const auto parameters = H264Parameters::fromSets(Bytes(nal.begin(), nal.end()), {{0x68}});
    require(static_cast<bool>(parameters));
    require(parameters->width == sps->width && parameters->height == sps->height);
  }
  if (const auto pps = h264::parsePps(nal)) {
    require(pps->spsId <= 31 && pps->refFramesL0 >= 1 && pps->refFramesL0 <= 32);
    require(pps->initialQp >= -36 && pps->initialQp <= 51);
  }
  h264::parseSliceHeader(nal);
  h264::hasRecoveryPoint(nal);
  require(nal::unescape(nal).size() <= nal.size());
  size_t pieces = 0;
  nal::splitAnnexB(nal, [&](ByteView piece) {
    require(!piece.empty() && nal::findStartCode(piece) == piece.size());
    pieces += piece.size();
  });
  require(pieces <= nal.size());
}

}  // namespace
}  // namespace core

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  core::run({data, size});
  return 0;
}
