// What native events look like in JavaScript: NativeEvent of lib/native/binding.ts.
#include "binding/event_queue.hpp"
#include "binding/fields.hpp"
#include "binding/inspected_to_js.hpp"

#include <algorithm>
#include <type_traits>

namespace binding {

namespace {
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

Napi::Object bytesToJs(Napi::Env env, core::ByteView bytes) {
  auto array = Napi::Uint8Array::New(env, bytes.size());
  std::copy(bytes.begin(), bytes.end(), array.Data());
  return array;
}

void describe(Fields& fields, const core::OpaqueParameters& opaque) {
  fields.set("type", "opaque")
      .set("encoding", opaque.encoding)
      .set("fmtp", opaque.fmtp)
      .set("payloadType", opaque.payloadType);
}

void describe(Fields& fields, const core::H264Parameters& h264) {
  const auto spsByte = [&](size_t index) -> uint32_t {
    return index < h264.sps.size() ? h264.sps[index] : 0;
  };
  auto sets = Napi::Array::New(fields.env());
  sets.Set(sets.Length(), bytesToJs(fields.env(), h264.sps));
  for (const core::Bytes& pps : h264.pps) sets.Set(sets.Length(), bytesToJs(fields.env(), pps));
  fields.set("type", "h264")
      .set("parameterSets", static_cast<Napi::Object>(sets))
      .set("width", h264.width)
      .set("height", h264.height)
      .set("frameRateNum", h264.frameRateNum)
      .set("frameRateDen", h264.frameRateDen)
      .set("maxReorderFrames", h264.maxReorderFrames)
      .set("profileIdc", spsByte(1))
      .set("constraints", spsByte(2))
      .set("levelIdc", spsByte(3));
}

void describe(Fields& fields, const core::AacParameters& aac) {
  fields.set("type", "aac")
      .set("sampleRateHz", aac.sampleRateHz)
      .set("channels", aac.channels)
      .set("objectType", aac.objectType)
      .set("config", bytesToJs(fields.env(), aac.config));
}

Napi::Object trackToJs(Napi::Env env, const core::Track& track) {
  Fields fields(env);
  fields.set("kind", kindName(track.kind))
      .set("codec", track.codec)
      .set("clockRateHz", track.clockRateHz);
  std::visit([&](const auto& parameters) { describe(fields, parameters); }, track.parameters);
  return fields.object();
}

// One fill() for each event; a new event does not compile without its own.
void fill(Fields& fields, const io::Text& event, BlockTable&) {
  fields.set("type", "text").set("text", event.text);
}
void fill(Fields& fields, const io::Drained&, BlockTable&) { fields.set("type", "drained"); }
void fill(Fields& fields, const io::EndOfStream&, BlockTable&) { fields.set("type", "eos"); }
void fill(Fields& fields, const io::Unwanted&, BlockTable&) { fields.set("type", "unwanted"); }
void fill(Fields& fields, const io::Withdrawn&, BlockTable&) { fields.set("type", "withdrawn"); }
void fill(Fields& fields, const io::Stopped&, BlockTable&) { fields.set("type", "stopped"); }
void fill(Fields& fields, const io::Closed&, BlockTable&) { fields.set("type", "closed"); }

void fill(Fields& fields, const io::StateChanged& event, BlockTable&) {
  fields.set("type", "state").set("state", event.state);
}

Napi::Object plannedToJs(Napi::Env env, const io::PlannedTrack& track) {
  return Fields(env)
      .set("kind", kindName(track.kind))
      .set("from", track.from)
      .set("to", track.to)
      .set("transcoded", track.transcoded)
      .object();
}

void fill(Fields& fields, const io::Planned& event, BlockTable&) {
  auto tracks = Napi::Array::New(fields.env());
  for (const io::PlannedTrack& track : event.tracks)
    tracks.Set(tracks.Length(), plannedToJs(fields.env(), track));
  fields.set("type", "plan")
      .set("tracks", static_cast<Napi::Object>(tracks))
      .set("live", event.live);
}

void fill(Fields& fields, const io::Failed& event, BlockTable&) {
  fields.set("type", "failed")
      .set("code", event.code)
      .set("message", event.message)
      .set("detail", event.detail)
      .set("side", event.side);
}

void fill(Fields& fields, const io::Picture& event, BlockTable& blocks) {
  fields.set("type", "picture").set("block", blocks.lend(fields.env(), event.block));
}

void fill(Fields& fields, const io::Wanted& event, BlockTable&) {
  auto feeds = Napi::Array::New(fields.env());
  for (const std::string& path : event.feeds) feeds.Set(feeds.Length(), path);
  fields.set("type", "wanted")
      .set("domain", event.domain)
      .set("path", event.path)
      .set("feeds", static_cast<Napi::Object>(feeds));
}

void fill(Fields& fields, const io::Offered& event, BlockTable&) {
  fields.set("type", "offered").set("domain", event.domain).set("path", event.path);
}

void fill(Fields& fields, const io::EpochBegan& event, BlockTable&) {
  auto tracks = Napi::Array::New(fields.env());
  for (const core::Track& track : event.epoch->tracks)
    tracks.Set(tracks.Length(), trackToJs(fields.env(), track));
  fields.set("type", "epoch")
      .set("number", event.epoch->number)
      .set("tracks", static_cast<Napi::Object>(tracks));
}

void fill(Fields& fields, const io::InitMade& event, BlockTable&) {
  fields.set("type", "init")
      .set("number", event.init.number)
      .set("codecs", event.init.codecs)
      .set("width", event.init.width)
      .set("height", event.init.height)
      .set("frameRateNum", event.init.frameRateNum)
      .set("frameRateDen", event.init.frameRateDen)
      .set("bytes", event.init.block->size());
}

void fill(Fields& fields, const io::BlockMade& event, BlockTable& blocks) {
  fields.set("type", "block")
      .set("number", event.made.number)
      .set("block", blocks.lend(fields.env(), event.made.bytes))
      .set("packets", event.made.packets)
      .set("key", event.made.key)
      .set("droppable", event.made.droppable)
      .set("hasVideo", event.made.hasVideo)
      .set("arrivalUs", event.made.arrival)
      .set("captureUs", event.made.capture);
}

void fill(Fields& fields, const io::SegmentMade& event, BlockTable&) {
  fields.set("type", "segment")
      .set("number", event.segment.number)
      .set("init", event.segment.init)
      .set("startUs", event.segment.start)
      .set("captureUs", event.segment.capture)
      .set("durationUs", event.segment.duration)
      .set("discontinuity", event.segment.discontinuity)
      .set("bytes", event.segment.bytes);
}
}  // namespace

Napi::Object toJs(Napi::Env env, io::Id id, const io::Event& event, BlockTable& blocks) {
  Fields fields(env);
  fields.set("id", id);
  std::visit([&](const auto& it) { fill(fields, it, blocks); }, event);
  return fields.object();
}

}  // namespace binding
