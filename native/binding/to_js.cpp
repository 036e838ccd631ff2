// What native events look like in JavaScript: NativeEvent of lib/native/binding.ts.
#include "binding/event_queue.hpp"
#include "binding/fields.hpp"
#include "binding/inspected_to_js.hpp"
#include "binding/track_to_js.hpp"

#include <type_traits>

namespace binding {

namespace {
// One fill() for each event; a new event does not compile without its own.
void fill(Fields& fields, const io::Text& event, BlockTable&) {
  fields.set("type", "text").set("text", event.text);
}
void fill(Fields& fields, const io::Rtcp& event, BlockTable&) {
  fields.set("type", "rtcp").set("bytes", bytesToJs(fields.env(), event.bytes));
}
void fill(Fields& fields, const io::RtmpMessage& event, BlockTable&) {
  fields.set("type", "message")
      .set("kind", event.type)
      .set("stream", event.stream)
      .set("timestamp", event.timestamp)
      .set("bytes", bytesToJs(fields.env(), event.payload));
}
void fill(Fields& fields, const io::Broken& event, BlockTable&) {
  fields.set("type", "broken").set("reason", event.reason);
}
void fill(Fields& fields, const io::Left&, BlockTable&) { fields.set("type", "left"); }
void fill(Fields& fields, const io::Drained&, BlockTable&) { fields.set("type", "drained"); }
void fill(Fields& fields, const io::BytesRead& event, BlockTable&) {
  fields.set("type", "progress").set("bytes", event.bytes);
}

void fill(Fields& fields, const io::Ended& event, BlockTable&) {
  fields.set("type", "ended").set("reason", event.reason);
}
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
      .set("live", event.live)
      .set("lengthUs", event.length);
}

void fill(Fields& fields, const io::Failed& event, BlockTable&) {
  fields.set("type", "failed")
      .set("code", event.code)
      .set("message", event.message)
      .set("detail", event.detail)
      .set("side", event.side);
}

void fill(Fields& fields, const io::InputLost& event, BlockTable&) {
  fields.set("type", "inputLost")
      .set("code", event.why.code)
      .set("message", event.why.message)
      .set("detail", event.why.detail);
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

void fill(Fields& fields, const io::Remake& event, BlockTable&) {
  auto tracks = Napi::Array::New(fields.env());
  for (const auto& [track, codec] : event.tracks)
    tracks.Set(tracks.Length(),
               Fields(fields.env()).set("track", track).set("codec", codec).object());
  fields.set("type", "remake")
      .set("epoch", event.epoch)
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

void fill(Fields& fields, const io::Sent& event, BlockTable&) {
  auto dropped = Napi::Array::New(fields.env());
  for (const io::Sent::Dropped& of : event.dropped)
    dropped.Set(dropped.Length(),
                Fields(fields.env()).set("reader", of.reader).set("packets", of.packets).object());
  fields.set("type", "sent")
      .set("packets", event.packets)
      .set("bytes", event.bytes)
      .set("refused", event.refused)
      .set("dropped", static_cast<Napi::Object>(dropped));
}

void fill(Fields& fields, const io::Joined& event, BlockTable&) {
  fields.set("type", "joined")
      .set("reader", event.reader)
      .set("starts", startsToJs(fields.env(), event.starts))
      .set("captureUs", event.capture);
}

void fill(Fields& fields, const io::Begun& event, BlockTable&) {
  fields.set("type", "begun")
      .set("reader", event.reader)
      .set("packets", event.packets)
      .set("bytes", event.bytes);
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

void fill(Fields& fields, const io::PartMade& event, BlockTable&) {
  fields.set("type", "part")
      .set("number", event.part.number)
      .set("segment", event.segment)
      .set("init", event.init)
      .set("captureUs", event.capture)
      .set("discontinuity", event.discontinuity)
      .set("durationUs", event.part.duration)
      .set("targetUs", event.target)
      .set("independent", event.part.independent)
      .set("last", event.part.last)
      .set("bytes", event.part.block->size());
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
