#include "core/h265.hpp"
#include "core/track.hpp"
#include "fuzz/input.hpp"

namespace core {
namespace {

void run(ByteView nal) {
  if (const auto sps = h265::parseSps(nal)) {
    require(sps->id <= 15 && sps->vpsId <= 15 && sps->chromaFormatIdc <= 3);
    require(sps->maxSubLayers >= 1 && sps->maxSubLayers <= 8 && sps->maxReorderFrames <= 16);
    require(sps->width > 0 && sps->width <= 16888 && sps->height > 0 && sps->height <= 16888);
    require(sps->predictedReferenceSets <= sps->referenceSets && sps->referenceSets <= 64);
    require(sps->frameRateDen > 0);
    require(sps->frameRateNum <= uint64_t{sps->frameRateDen} * 1000);
    const auto parameters =
        H265Parameters::fromSets({0x40}, Bytes(nal.begin(), nal.end()), {{0x44}});
    require(parameters && parameters->width == sps->width);
  }
  if (const auto vps = h265::parseVps(nal)) require(vps->id <= 15 && vps->frameRateDen > 0);
  if (const auto pps = h265::parsePps(nal)) {
    require(pps->id <= 63 && pps->spsId <= 15);
    require(pps->refFramesL0 >= 1 && pps->refFramesL0 <= 16);
    require(pps->initialQp >= -48 && pps->initialQp <= 51);
  }
  if (const auto slice = h265::parseSliceHeader(nal)) require(slice->ppsId <= 63);
  h265::parseSliceType(nal, 7);
  h265::hasRecoveryPoint(nal);
}

}  // namespace
}  // namespace core

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  core::run({data, size});
  return 0;
}
