#include "binding/stats_to_js.hpp"

#include "binding/fields.hpp"
#include "io/clock.hpp"

namespace binding {

Napi::Object statsToJs(Napi::Env env, const io::StreamStats& stats) {
  return Fields(env)
      .set("bytes", stats.bytes)
      .set("packets", stats.packets)
      .set("lostPackets", stats.lostPackets)
      .set("undecryptablePackets", stats.undecryptablePackets)
      .set("jitterUs", stats.jitterUs)
      .set("frames", stats.frames)
      .set("pictures", stats.pictures)
      .set("keyFrames", stats.keyFrames)
      .set("damagedFrames", stats.damagedFrames)
      .set("resyncs", stats.resyncs)
      .set("lastFrameUs", stats.lastFrameUs)
      .set("lastKeyFrameUs", stats.lastKeyFrameUs)
      .set("keyDistanceUs", stats.keyDistanceUs)
      .set("ringBytes", stats.ringBytes)
      .set("epoch", stats.epoch)
      .object();
}

Napi::Object statsToJs(Napi::Env env, const io::PipelineStats& stats) {
  return Fields(env)
      .set("positionUs", stats.position)
      .set("bytes", stats.bytes)
      .set("frames", stats.frames)
      .set("keyFrames", stats.keyFrames)
      .set("droppedFrames", stats.droppedFrames)
      .set("filmUs", stats.film)
      .object();
}

Napi::Object statsToJs(Napi::Env env, const io::HubStats& stats, const BlockTable& blocks) {
  return Fields(env)
      .set("nowUs", io::now())
      .set("streams", stats.streams)
      .set("ingests", stats.ingests)
      .set("outputs", stats.outputs)
      .set("pipelines", stats.pipelines)
      .set("mediaThreads", stats.mediaThreads)
      .set("abandonedPipelines", stats.abandonedPipelines)
      .set("blocksOnLoan", blocks.count())
      .set("bytesOnLoan", blocks.bytes())
      .object();
}

void throwSystemError(Napi::Env env, const std::string& reason) {
  Napi::Error error = Napi::Error::New(env, reason);
  error.Set("code", Napi::String::New(env, reason.substr(0, reason.find(':'))));
  throw error;
}

}  // namespace binding
