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

pipelines::Spec readSnapshot(Reader& reader) {
  pipelines::SnapshotSpec spec;
  spec.stream = readNumber(reader, "stream");
  spec.format = reader.text("format");
  spec.width = readNumber(reader, "width");
  spec.height = readNumber(reader, "height");
  spec.quality = readNumber(reader, "quality");
  return spec;
}
}  // namespace

pipelines::Spec readPipelineSpec(Reader& reader) {
  static const std::map<std::string, pipelines::Spec (*)(Reader&)> readers{
      {"launch", readLaunch},
      {"test", readTest},
      {"file", readFile},
      {"rtsp", readRtsp},
      {"snapshot", readSnapshot}};
  const std::string type = reader.text("type");
  const auto found = readers.find(type);
  if (found == readers.end())
    refuse(reader.env(), reader.pathOf("type"), "launch, test, file, rtsp or snapshot",
           Napi::String::New(reader.env(), type));
  pipelines::Spec spec = found->second(reader);
  reader.done();
  return spec;
}

}  // namespace binding
