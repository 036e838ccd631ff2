#include "binding/from_js.hpp"

#include <map>

namespace binding {

namespace {
core::Kind readKind(Reader& reader) {
  static const std::map<std::string, core::Kind> kinds{
      {"video", core::Kind::video}, {"audio", core::Kind::audio}, {"other", core::Kind::other}};
  const std::string word = reader.text("kind");
  const auto found = kinds.find(word);
  if (found != kinds.end()) return found->second;
  refuse(reader.env(), reader.pathOf("kind"), "video, audio or other",
         Napi::String::New(reader.env(), word));
}

uint8_t readByte(Reader& reader, const char* key) {
  return static_cast<uint8_t>(reader.number(key, UINT8_MAX));
}

io::RtspTrack readRtspTrack(Reader& reader) {
  io::RtspTrack track;
  track.config.kind = readKind(reader);
  track.config.codec = reader.text("codec");
  track.config.clockRateHz = static_cast<uint32_t>(reader.number("clockRateHz"));
  track.payloadType = readByte(reader, "payloadType");
  track.channel = readByte(reader, "channel");
  track.rtcpChannel = readByte(reader, "rtcpChannel");
  track.config.parameterSets = reader.bytesList("parameterSets");
  track.config.config = reader.bytes("config");
  track.config.sizeLength = readByte(reader, "sizeLength");
  track.config.indexLength = readByte(reader, "indexLength");
  track.config.indexDeltaLength = readByte(reader, "indexDeltaLength");
  reader.done();
  return track;
}
}  // namespace

io::StreamSpec readStreamSpec(Reader& reader) {
  io::StreamSpec spec;
  spec.domain = reader.text("domain");
  spec.path = reader.text("path");
  spec.ringMaxBytes = reader.number("ringMaxBytes");
  spec.ringMaxAge = reader.micros("ringMaxAgeUs");
  reader.done();
  return spec;
}

std::vector<io::RtspTrack> readRtspTracks(Reader& reader) {
  std::vector<io::RtspTrack> tracks;
  for (Reader& item : reader.objects("tracks")) tracks.push_back(readRtspTrack(item));
  return tracks;
}

core::HlsConfig readHlsConfig(Reader& reader) {
  core::HlsConfig config;
  config.segmentDuration = reader.micros("segmentDurationUs");
  config.partDuration = reader.micros("partDurationUs");
  config.segmentCount = static_cast<uint32_t>(reader.number("segmentCount"));
  config.segmentMaxBytes = reader.number("segmentMaxBytes");
  return config;
}

io::ListenSpec readListenSpec(Reader& reader) {
  io::ListenSpec spec;
  spec.host = reader.text("host");
  spec.port = static_cast<uint16_t>(reader.number("port", UINT16_MAX));
  spec.notSentLowWater = static_cast<int>(reader.number("notSentLowWater", INT32_MAX));
  spec.reusePort = reader.boolean("reusePort");
  reader.done();
  return spec;
}

}  // namespace binding
