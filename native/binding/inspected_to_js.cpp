#include "binding/inspected_to_js.hpp"

#include <array>

namespace binding {

namespace {

Napi::Object numbers(Napi::Env env, const std::vector<uint8_t>& values) {
  auto list = Napi::Array::New(env, values.size());
  for (uint32_t index = 0; index < values.size(); ++index)
    list.Set(index, Napi::Number::New(env, values[index]));
  return list;
}

const char* pieceName(core::NalPiece piece) {
  constexpr std::array<const char*, 4> names{"whole", "start", "middle", "end"};
  return names[static_cast<size_t>(piece)];
}

const char* oddityName(core::Oddity oddity) {
  constexpr std::array<const char*, 4> names{"startCodes", "fragmentBits", "reservedBit", "adts"};
  return names[static_cast<size_t>(oddity)];
}

Napi::Object odditiesToJs(Napi::Env env, const std::vector<core::Oddity>& oddities) {
  auto list = Napi::Array::New(env, oddities.size());
  for (uint32_t index = 0; index < oddities.size(); ++index)
    list.Set(index, Napi::String::New(env, oddityName(oddities[index])));
  return list;
}

const char* pictureName(core::PictureType type) {
  constexpr std::array<const char*, 4> names{"", "I", "P", "B"};
  return names[static_cast<size_t>(type)];
}

// -1 stands for what is not told.
int orNone(const std::optional<uint8_t>& value) { return value ? *value : -1; }

Napi::Object vuiToJs(Napi::Env env, const core::h264::Vui& vui) {
  return Fields(env)
      .set("sarWidth", vui.sarWidth)
      .set("sarHeight", vui.sarHeight)
      .set("videoFormat", vui.videoFormat)
      .set("fullRange", vui.fullRange)
      .set("colourPrimaries", vui.colourPrimaries)
      .set("transfer", vui.transfer)
      .set("matrix", vui.matrix)
      .set("hasHrd", vui.hasHrd)
      .set("picStruct", vui.picStruct)
      .set("maxDecFrameBuffering", orNone(vui.maxDecFrameBuffering))
      .object();
}

Napi::Object spsToJs(Napi::Env env, const core::h264::Sps& sps) {
  Fields fields(env);
  fields.set("id", sps.id)
      .set("profileIdc", sps.profileIdc)
      .set("constraints", sps.constraints)
      .set("levelIdc", sps.levelIdc)
      .set("chromaFormatIdc", sps.chromaFormatIdc)
      .set("bitDepthLuma", sps.bitDepthLuma)
      .set("bitDepthChroma", sps.bitDepthChroma)
      .set("hasScalingLists", sps.hasScalingLists)
      .set("log2MaxFrameNum", sps.log2MaxFrameNum)
      .set("picOrderCntType", sps.picOrderCntType)
      .set("log2MaxPicOrderCntLsb", sps.log2MaxPicOrderCntLsb)
      .set("maxRefFrames", sps.maxRefFrames)
      .set("gapsInFrameNum", sps.gapsInFrameNum)
      .set("frameMbsOnly", sps.frameMbsOnly)
      .set("width", sps.width)
      .set("height", sps.height)
      .set("frameRateNum", sps.frameRateNum)
      .set("frameRateDen", sps.frameRateDen)
      .set("fixedFrameRate", sps.fixedFrameRate)
      .set("maxReorderFrames", orNone(sps.maxReorderFrames));
  if (sps.hasVui) fields.set("vui", vuiToJs(env, sps.vui));
  return fields.object();
}

Napi::Object ppsToJs(Napi::Env env, const core::h264::Pps& pps) {
  return Fields(env)
      .set("id", pps.id)
      .set("spsId", pps.spsId)
      .set("whole", pps.whole)
      .set("cabac", pps.cabac)
      .set("refFramesL0", pps.refFramesL0)
      .set("refFramesL1", pps.refFramesL1)
      .set("weightedPrediction", pps.weightedPrediction)
      .set("weightedBipredIdc", pps.weightedBipredIdc)
      .set("initialQp", pps.initialQp)
      .set("deblockingControl", pps.deblockingControl)
      .set("constrainedIntra", pps.constrainedIntra)
      .set("transform8x8", pps.transform8x8)
      .object();
}

void describe(Fields& fields, const io::H264Seen& h264) {
  auto pps = Napi::Array::New(fields.env());
  for (const auto& set : h264.pps) pps.Set(pps.Length(), ppsToJs(fields.env(), set));
  fields.set("codec", "h264")
      .set("sps", spsToJs(fields.env(), h264.sps))
      .set("pps", static_cast<Napi::Object>(pps));
}

Napi::Object vpsToJs(Napi::Env env, const core::h265::Vps& vps) {
  return Fields(env)
      .set("id", vps.id)
      .set("maxSubLayers", vps.maxSubLayers)
      .set("frameRateNum", vps.frameRateNum)
      .set("frameRateDen", vps.frameRateDen)
      .object();
}

Napi::Object spsToJs(Napi::Env env, const core::h265::Sps& sps) {
  return Fields(env)
      .set("id", sps.id)
      .set("vpsId", sps.vpsId)
      .set("maxSubLayers", sps.maxSubLayers)
      .set("temporalIdNesting", sps.temporalIdNesting)
      .set("profileIdc", sps.profileTierLevel.front() & 0x1f)
      .set("highTier", (sps.profileTierLevel.front() & 0x20) != 0)
      .set("levelIdc", sps.profileTierLevel.back())
      .set("chromaFormatIdc", sps.chromaFormatIdc)
      .set("bitDepthLuma", sps.bitDepthLuma)
      .set("bitDepthChroma", sps.bitDepthChroma)
      .set("width", sps.width)
      .set("height", sps.height)
      .set("maxReorderFrames", sps.maxReorderFrames)
      .set("whole", sps.whole)
      .set("hasScalingLists", sps.hasScalingLists)
      .set("referenceSets", sps.referenceSets)
      .set("predictedReferenceSets", sps.predictedReferenceSets)
      .set("hasVui", sps.hasVui)
      .set("frameRateNum", sps.frameRateNum)
      .set("frameRateDen", sps.frameRateDen)
      .object();
}

Napi::Object ppsToJs(Napi::Env env, const core::h265::Pps& pps) {
  return Fields(env)
      .set("id", pps.id)
      .set("spsId", pps.spsId)
      .set("extraSliceBits", pps.extraSliceBits)
      .set("dependentSlices", pps.dependentSlices)
      .set("whole", pps.whole)
      .set("refFramesL0", pps.refFramesL0)
      .set("refFramesL1", pps.refFramesL1)
      .set("initialQp", pps.initialQp)
      .set("constrainedIntra", pps.constrainedIntra)
      .set("weightedPrediction", pps.weightedPrediction)
      .set("tiles", pps.tiles)
      .set("wavefronts", pps.wavefronts)
      .object();
}

void describe(Fields& fields, const io::H265Seen& h265) {
  auto pps = Napi::Array::New(fields.env());
  for (const auto& set : h265.pps) pps.Set(pps.Length(), ppsToJs(fields.env(), set));
  fields.set("codec", "h265")
      .set("vps", vpsToJs(fields.env(), h265.vps))
      .set("sps", spsToJs(fields.env(), h265.sps))
      .set("pps", static_cast<Napi::Object>(pps));
}

void describe(Fields& fields, const core::aac::AudioConfig& aac) {
  fields.set("codec", "aac")
      .set("objectType", aac.objectType)
      .set("sampleRateHz", aac.sampleRateHz)
      .set("outputSampleRateHz", aac.outputSampleRateHz)
      .set("channels", aac.channels)
      .set("samplesPerFrame", aac.samplesPerFrame)
      .set("sbr", aac.sbr)
      .set("ps", aac.ps);
}

}  // namespace

void fill(Fields& fields, const io::PacketSeen& event, BlockTable&) {
  fields.set("type", "packet")
      .set("track", event.track)
      .set("ssrc", event.ssrc)
      .set("payloadType", event.payloadType)
      .set("sequence", event.sequence)
      .set("timestamp", event.timestamp)
      .set("marker", event.marker)
      .set("bytes", event.bytes)
      .set("arrivalUs", event.arrival)
      .set("nals", numbers(fields.env(), event.nals.types))
      .set("piece", pieceName(event.nals.piece))
      .set("oddities", odditiesToJs(fields.env(), event.oddities));
}

void fill(Fields& fields, const io::UnitSeen& event, BlockTable&) {
  fields.set("type", "unit")
      .set("track", event.track)
      .set("key", event.key)
      .set("damaged", event.damaged)
      .set("picture", pictureName(event.picture))
      .set("nals", numbers(fields.env(), event.nals))
      .set("bytes", event.bytes)
      .set("packets", event.packets)
      .set("timestamp", event.timestamp)
      .set("ptsUs", event.pts)
      .set("arrivalUs", event.arrival);
}

void fill(Fields& fields, const io::ReportSeen& event, BlockTable&) {
  fields.set("type", "report")
      .set("track", event.track)
      .set("ssrc", event.ssrc)
      .set("ntpUs", event.ntp)
      .set("timestamp", event.timestamp)
      .set("arrivalUs", event.arrival);
}

void fill(Fields& fields, const io::BrokenReportSeen& event, BlockTable&) {
  fields.set("type", "brokenReport").set("track", event.track);
}

void fill(Fields& fields, const io::StraySeen& event, BlockTable&) {
  fields.set("type", "stray").set("channel", event.channel);
}

void fill(Fields& fields, const io::ParametersSeen& event, BlockTable&) {
  fields.set("type", "parameters").set("track", event.track);
  std::visit([&](const auto& parameters) { describe(fields, parameters); }, event.parameters);
}

}  // namespace binding
