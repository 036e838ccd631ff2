#include "binding/pipeline_spec.hpp"

#include <map>
#include <string>
#include <utility>

namespace binding {

namespace {
uint32_t readNumber(Reader& reader, const char* key) {
  return static_cast<uint32_t>(reader.number(key));
}

pipelines::Spec readLaunch(Reader& reader) {
  pipelines::LaunchSpec spec;
  spec.launch = reader.text("launch");
  spec.path = reader.text("path");
  spec.paused = reader.boolean("paused");
  return spec;
}

pipelines::Spec readTest(Reader& reader) {
  pipelines::TestSpec spec;
  spec.path = reader.text("path");
  spec.width = readNumber(reader, "width");
  spec.height = readNumber(reader, "height");
  spec.frameRate = readNumber(reader, "frameRate");
  spec.gop = readNumber(reader, "gop");
  spec.audio = reader.boolean("audio");
  spec.bitrateBps = readNumber(reader, "bitrateBps");
  return spec;
}

pipelines::Spec readFile(Reader& reader) {
  pipelines::FileSpec spec;
  spec.path = reader.text("path");
  spec.location = reader.text("location");
  spec.loop = reader.boolean("loop");
  return spec;
}

pipelines::Spec readRtsp(Reader& reader) {
  pipelines::RtspSpec spec;
  spec.path = reader.text("path");
  spec.url = reader.text("url");
  return spec;
}

[[noreturn]] void refuseType(Reader& reader, const char* expected, const std::string& got) {
  refuse(reader.env(), reader.pathOf("type"), expected, Napi::String::New(reader.env(), got));
}

pipelines::RelayInput readRelayInput(Reader reader) {
  const std::string type = reader.text("type");
  pipelines::RelayInput input;
  if (type == "uri")
    input = pipelines::UriInput{reader.text("uri"), reader.boolean("live")};
  else if (type == "hub")
    input = pipelines::HubInput{reader.text("path")};
  else
    refuseType(reader, "uri or hub", type);
  reader.done();
  return input;
}

pipelines::RelayOutput readFileOutput(Reader& reader) {
  pipelines::FileOutput output{reader.text("format"), reader.text("location")};
  if (output.format != "mp4" && output.format != "flv" && output.format != "ts")
    refuse(reader.env(), reader.pathOf("format"), "mp4, flv or ts",
           Napi::String::New(reader.env(), output.format));
  return output;
}

pipelines::RelayOutput readHlsOutput(Reader& reader) {
  pipelines::HlsOutput output;
  output.location = reader.text("location");
  output.segmentDuration = reader.micros("segmentDurationUs");
  output.segmentCount = readNumber(reader, "segmentCount");
  return output;
}

pipelines::RelayOutput readRelayOutput(Reader reader) {
  const std::string type = reader.text("type");
  pipelines::RelayOutput output;
  if (type == "file")
    output = readFileOutput(reader);
  else if (type == "rtmp" || type == "rtsp" || type == "srt")
    output = pipelines::UrlOutput{type, reader.text("url")};
  else if (type == "hls")
    output = readHlsOutput(reader);
  else if (type == "hub")
    output = pipelines::HubOutput{reader.text("path")};
  else
    refuseType(reader, "file, rtmp, rtsp, srt, hls or hub", type);
  reader.done();
  return output;
}

pipelines::Spec readRelay(Reader& reader) {
  pipelines::RelaySpec spec;
  spec.input = readRelayInput(reader.object("input"));
  spec.output = readRelayOutput(reader.object("output"));
  spec.paused = reader.boolean("paused");
  spec.loop = reader.boolean("loop");
  spec.start = reader.micros("startUs");
  spec.duration = reader.micros("durationUs");
  return spec;
}

pipelines::Spec readSnapshot(Reader& reader) {
  pipelines::SnapshotSpec spec;
  if (reader.has("pipeline"))
    spec.pipeline = readNumber(reader, "pipeline");
  else
    spec.stream = readNumber(reader, "stream");
  spec.format = reader.text("format");
  spec.width = readNumber(reader, "width");
  spec.height = readNumber(reader, "height");
  spec.quality = readNumber(reader, "quality");
  return spec;
}

pipelines::Spec readSound(Reader& reader) {
  pipelines::SoundSpec spec;
  spec.stream = readNumber(reader, "stream");
  spec.epoch = readNumber(reader, "epoch");
  spec.track = static_cast<uint8_t>(reader.number("track", UINT8_MAX));
  return spec;
}
}  // namespace

pipelines::Spec readPipelineSpec(Reader& reader) {
  static const std::map<std::string, pipelines::Spec (*)(Reader&)> readers{
      {"launch", readLaunch}, {"test", readTest},         {"file", readFile},  {"rtsp", readRtsp},
      {"relay", readRelay},   {"snapshot", readSnapshot}, {"sound", readSound}};
  const std::string type = reader.text("type");
  const auto found = readers.find(type);
  if (found == readers.end())
    refuseType(reader, "launch, test, file, rtsp, relay, snapshot or sound", type);
  pipelines::Spec spec = found->second(reader);
  reader.done();
  return spec;
}

}  // namespace binding
