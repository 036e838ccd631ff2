#include "binding/track_to_js.hpp"

#include "binding/fields.hpp"

#include "core/fmp4.hpp"
#include "core/format_parameters.hpp"
#include "core/playable.hpp"

#include <algorithm>
#include <concepts>
#include <variant>
#include <vector>

namespace binding {

namespace {

void describe(Fields& fields, const core::OpaqueParameters& opaque) {
  fields.set("type", "opaque")
      .set("encoding", opaque.encoding)
      .set("fmtp", opaque.fmtp)
      .set("payloadType", opaque.payloadType);
}

Napi::Object setsToJs(Napi::Env env, std::vector<core::Bytes> sets,
                      const std::vector<core::Bytes>& pps) {
  sets.insert(sets.end(), pps.begin(), pps.end());
  auto array = Napi::Array::New(env);
  for (const core::Bytes& set : sets) array.Set(array.Length(), bytesToJs(env, set));
  return array;
}

void describePictures(Fields& fields, const core::VideoParameters& video) {
  fields.set("width", video.width)
      .set("height", video.height)
      .set("frameRateNum", video.frameRateNum)
      .set("frameRateDen", video.frameRateDen)
      .set("maxReorderFrames", video.maxReorderFrames);
}

void describe(Fields& fields, const core::H264Parameters& h264) {
  const auto spsByte = [&](size_t index) -> uint32_t {
    return index < h264.sps.size() ? h264.sps[index] : 0;
  };
  describePictures(fields.set("type", "h264"), h264);
  fields.set("parameterSets", setsToJs(fields.env(), {h264.sps}, h264.pps))
      .set("profileIdc", spsByte(1))
      .set("constraints", spsByte(2))
      .set("levelIdc", spsByte(3));
}

void describe(Fields& fields, const core::H265Parameters& h265) {
  describePictures(fields.set("type", "h265"), h265);
  fields.set("parameterSets", setsToJs(fields.env(), {h265.vps, h265.sps}, h265.pps))
      .set("profileTierLevel", bytesToJs(fields.env(), h265.profileTierLevel));
}

// What is known of any video or audio codec.
template <std::derived_from<core::VideoParameters> Video>
void describe(Fields& fields, const Video& video) {
  describePictures(fields.set("type", "video"), video);
  fields.set("fmtp", core::formatParameters(video));
}

void describe(Fields& fields, const core::AudioParameters& audio) {
  fields.set("type", "audio")
      .set("sampleRateHz", audio.sampleRateHz)
      .set("channels", audio.channels);
}

void describe(Fields& fields, const core::AacParameters& aac) {
  fields.set("type", "aac")
      .set("sampleRateHz", aac.sampleRateHz)
      .set("channels", aac.channels)
      .set("objectType", aac.objectType)
      .set("config", bytesToJs(fields.env(), aac.config));
}

}  // namespace

Napi::Object bytesToJs(Napi::Env env, core::ByteView bytes) {
  auto array = Napi::Uint8Array::New(env, bytes.size());
  std::copy(bytes.begin(), bytes.end(), array.Data());
  return array;
}

const char* kindName(core::Kind kind) {
  switch (kind) {
    case core::Kind::video:
      return "video";
    case core::Kind::audio:
      return "audio";
    case core::Kind::other:
      break;
  }
  return "other";
}

Napi::Object trackToJs(Napi::Env env, const core::Track& track) {
  Fields fields(env);
  fields.set("kind", kindName(track.kind))
      .set("codec", track.codec)
      .set("clockRateHz", track.clockRateHz)
      .set("fmp4", core::fmp4::codecs(track))
      .set("playable", core::playableName(track));
  std::visit([&](const auto& parameters) { describe(fields, parameters); }, track.parameters);
  return fields.object();
}

Napi::Object startsToJs(Napi::Env env, const std::vector<core::RtpStart>& starts) {
  auto list = Napi::Array::New(env, starts.size());
  for (uint32_t index = 0; index < starts.size(); ++index) {
    const core::RtpStart& start = starts[index];
    list.Set(index,
             Fields(env).set("sequence", start.sequence).set("timestamp", start.rtpTime).object());
  }
  return list;
}

}  // namespace binding
