#include "binding/from_js.hpp"

#include "core/live_packager.hpp"
#include "io/socket.hpp"

#include <algorithm>
#include <map>
#include <optional>

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

io::SrtpKey readSrtpKey(Reader reader) {
  io::SrtpKey key;
  key.key = reader.bytes("key");
  key.shortTag = reader.boolean("shortTag");
  reader.done();
  return key;
}

io::SrtpTrack readSrtpTrack(Reader reader) {
  io::SrtpTrack track;
  track.in = readSrtpKey(reader.object("in"));
  track.out = readSrtpKey(reader.object("out"));
  track.ssrc = static_cast<uint32_t>(reader.number("ssrc"));
  for (Reader& item : reader.objects("sources")) {
    const auto ssrc = static_cast<uint32_t>(item.number("ssrc"));
    track.sources.push_back({ssrc, static_cast<uint32_t>(item.number("rollovers"))});
    item.done();
  }
  reader.done();
  return track;
}

io::RtspTrack readRtspTrack(Reader& reader) {
  io::RtspTrack track;
  track.config.kind = readKind(reader);
  track.config.codec = reader.text("codec");
  track.config.clockRateHz = static_cast<uint32_t>(reader.number("clockRateHz"));
  track.config.channels = readByte(reader, "channels");
  track.payloadType = readByte(reader, "payloadType");
  track.channel = readByte(reader, "channel");
  track.rtcpChannel = readByte(reader, "rtcpChannel");
  track.config.described = {reader.text("encoding"), reader.text("fmtp"), track.payloadType};
  track.config.parameterSets = reader.bytesList("parameterSets");
  track.config.config = reader.bytes("config");
  track.config.configInBand = reader.boolean("configInBand");
  track.config.sizeLength = readByte(reader, "sizeLength");
  track.config.indexLength = readByte(reader, "indexLength");
  track.config.indexDeltaLength = readByte(reader, "indexDeltaLength");
  if (reader.has("srtp")) track.srtp = readSrtpTrack(reader.object("srtp"));
  track.takesPictureLoss = reader.boolean("takesPictureLoss");
  reader.done();
  return track;
}

// An IP literal, or nothing.
std::string readHost(Reader& reader, const char* key) {
  std::string host = reader.text(key);
  if (!host.empty() && !io::parseAddress(host, 0))
    refuse(reader.env(), reader.pathOf(key), "an IP address or empty",
           Napi::String::New(reader.env(), host));
  return host;
}

io::UdpTrack readUdpTrack(Reader& reader) {
  io::UdpTrack track;
  track.rtpFd = static_cast<int>(reader.number("rtpFd", INT32_MAX));
  track.rtcpFd = static_cast<int>(reader.number("rtcpFd", INT32_MAX));
  track.host = readHost(reader, "host");
  track.rtpPort = static_cast<uint16_t>(reader.number("rtpPort", UINT16_MAX));
  track.rtcpPort = static_cast<uint16_t>(reader.number("rtcpPort", UINT16_MAX));
  track.group = readHost(reader, "group");
  track.interface = reader.text("interface");
  reader.done();
  return track;
}

io::UdpSpec readUdp(Reader reader, size_t tracks) {
  io::UdpSpec spec;
  for (Reader& item : reader.objects("tracks")) spec.tracks.push_back(readUdpTrack(item));
  spec.receiveBufferBytes = reader.number("receiveBufferBytes", INT32_MAX);
  if (spec.tracks.size() != tracks)
    refuse(reader.env(), reader.pathOf("tracks"), "as many as the ingest has",
           Napi::Number::New(reader.env(), static_cast<double>(spec.tracks.size())));
  reader.done();
  return spec;
}

core::HlsConfig readHlsConfig(Reader& reader) {
  core::HlsConfig config;
  config.segmentDuration = reader.micros("segmentDurationUs");
  config.partDuration = reader.micros("partDurationUs");
  if (reader.has("partTargetUs")) config.partTarget = reader.micros("partTargetUs");
  config.segmentCount = static_cast<uint32_t>(reader.number("segmentCount"));
  config.segmentMaxBytes = reader.number("segmentMaxBytes");
  return config;
}

io::Id openHls(Reader& spec, io::Id stream, const io::OwnerRef& owner) {
  const core::HlsConfig config = readHlsConfig(spec);
  spec.done();
  return io::Hub::instance().openHls(owner, stream, config);
}

// Every track has a state of its own: one output writes its packets, one after the other.
void readSeal(Reader& reader, core::RtpTrack& track) {
  if (!reader.has("srtp")) return;
  const std::shared_ptr<io::Srtp> out =
      io::Srtp::make(readSrtpKey(reader.object("srtp")), io::Srtp::Way::out);
  if (!out)
    refuse(reader.env(), reader.pathOf("srtp.key"), "30 bytes",
           Napi::String::New(reader.env(), ""));
  track.seal = [out](core::Bytes& packet, bool isRtcp) {
    if (!out->protect(packet, isRtcp)) packet.clear();
  };
}

core::RtpTrack readRtpTrack(Reader& reader) {
  core::RtpTrack track;
  track.track = readByte(reader, "track");
  track.channel = readByte(reader, "channel");
  track.rtcpChannel = readByte(reader, "rtcpChannel");
  track.payloadType = static_cast<uint8_t>(reader.number("payloadType", 127));
  track.ssrc = static_cast<uint32_t>(reader.number("ssrc"));
  readSeal(reader, track);
  reader.done();
  return track;
}

io::Id openRtp(Reader& spec, io::Id stream, const io::OwnerRef& owner) {
  core::RtpConfig config;
  for (Reader& item : spec.objects("tracks")) config.tracks.push_back(readRtpTrack(item));
  config.maxPacketBytes = spec.number("maxPacketBytes", UINT16_MAX);
  spec.done();
  return io::Hub::instance().openRing(owner, stream, io::packagerOf(std::move(config)));
}

// As Node gave it for a socket that listen() made; the output keeps descriptors of its own.
io::Descriptor readDescriptor(Reader& reader, const char* key) {
  const int fd = static_cast<int>(reader.number(key, INT32_MAX));
  io::Descriptor own = io::duplicate(fd);
  if (own.get() >= 0) return own;
  refuse(reader.env(), reader.pathOf(key), "an open descriptor",
         Napi::Number::New(reader.env(), fd));
}

io::Id openUdp(Reader& spec, io::Id stream, const io::OwnerRef& owner) {
  core::RtpConfig config;
  for (Reader& item : spec.objects("tracks")) {
    core::RtpTrack track;
    track.track = readByte(item, "track");
    track.payloadType = static_cast<uint8_t>(item.number("payloadType", 127));
    track.ssrc = static_cast<uint32_t>(item.number("ssrc"));
    readSeal(item, track);
    item.done();
    config.tracks.push_back(track);
  }
  config.maxPacketBytes = spec.number("maxPacketBytes", UINT16_MAX);
  io::Descriptor rtp = readDescriptor(spec, "rtpFd");
  io::Descriptor rtcp = readDescriptor(spec, "rtcpFd");
  spec.done();
  return io::Hub::instance().openUdp(owner, stream, std::move(config),
                                     {std::move(rtp), std::move(rtcp)});
}

io::Address readAddress(Reader& reader, const char* portKey) {
  const std::string host = reader.text("host");
  const auto port = static_cast<uint16_t>(reader.number(portKey, UINT16_MAX));
  if (port == 0) return {};
  if (const auto address = io::parseAddress(host, port)) return *address;
  refuse(reader.env(), reader.pathOf("host"), "an IP address",
         Napi::String::New(reader.env(), host));
}

io::UdpJoin::Begin readBegin(Reader& command) {
  using Begin = io::UdpJoin::Begin;
  static const std::map<std::string, Begin> words{
      {"live", Begin::live}, {"fast", Begin::fast}, {"real", Begin::real}};
  const std::string word = command.text("begin");
  const auto found = words.find(word);
  if (found != words.end()) return found->second;
  refuse(command.env(), command.pathOf("begin"), "live, fast or real",
         Napi::String::New(command.env(), word));
}

std::optional<uint8_t> readTrack(Reader& reader, const char* key) {
  if (!reader.has(key)) return std::nullopt;
  return readByte(reader, key);
}

io::Id openRtmp(Reader& spec, io::Id stream, const io::OwnerRef& owner) {
  constexpr size_t kMostChunkBytes = 65536;
  core::RtmpRelay::Options options;
  options.rtmp.video = readTrack(spec, "video");
  options.rtmp.audio = readTrack(spec, "audio");
  options.rtmp.messageStream = static_cast<uint32_t>(spec.number("messageStream"));
  options.rtmp.chunkBytes = std::max<size_t>(spec.number("chunkBytes", kMostChunkBytes), 128);
  options.paused = spec.boolean("paused");
  options.duration = spec.micros("durationUs");
  io::Descriptor socket = spec.has("fd") ? readDescriptor(spec, "fd") : io::Descriptor();
  spec.done();
  return io::Hub::instance().openRtmp(owner, stream, options, std::move(socket));
}

io::Id openFlv(Reader& spec, io::Id stream, const io::OwnerRef& owner) {
  core::RtmpConfig config;
  config.video = readTrack(spec, "video");
  config.audio = readTrack(spec, "audio");
  config.asTags = spec.boolean("asTags");
  spec.done();
  return io::Hub::instance().openRing(owner, stream, io::packagerOf(config));
}

io::Id openLive(Reader& spec, io::Id stream, const io::OwnerRef& owner) {
  core::LiveConfig config;
  for (Reader& item : spec.objects("tracks")) {
    config.tracks.push_back(readByte(item, "track"));
    item.done();
  }
  spec.done();
  return io::Hub::instance().openRing(owner, stream, io::packagerOf(std::move(config)));
}

io::Id openQueue(Reader& spec, io::Id stream, const io::OwnerRef& owner) {
  const auto request = static_cast<io::Id>(spec.number("request"));
  spec.done();
  return io::Hub::instance().openQueue(owner, stream, request);
}
io::RtspIngestSpec readRtspIngestSpec(Reader& reader) {
  io::RtspIngestSpec spec;
  for (Reader& item : reader.objects("tracks")) spec.tracks.push_back(readRtspTrack(item));
  spec.inspect = reader.boolean("inspect");
  if (reader.has("udp")) spec.udp = readUdp(reader.object("udp"), spec.tracks.size());
  reader.done();
  return spec;
}

}  // namespace

io::Id openStreamOf(Reader& reader, const io::OwnerRef& owner) {
  if (reader.has("parent")) {
    const auto parent = static_cast<io::Id>(reader.number("parent"));
    reader.done();
    return io::Hub::instance().openPlayable(owner, parent);
  }
  io::StreamSpec spec;
  spec.domain = reader.text("domain");
  spec.path = reader.text("path");
  spec.ringMaxBytes = reader.number("ringMaxBytes");
  spec.ringMaxAge = reader.micros("ringMaxAgeUs");
  if (reader.has("passDamaged")) spec.passDamaged = reader.boolean("passDamaged");
  reader.done();
  return io::Hub::instance().openStream(owner, spec);
}

std::vector<io::RtpStart> readRtpStarts(Reader& command) {
  std::vector<io::RtpStart> starts;
  for (Reader& item : command.objects("starts")) {
    const auto rtpTime = static_cast<uint32_t>(item.number("rtpTime"));
    starts.push_back({readByte(item, "track"), rtpTime});
    item.done();
  }
  command.done();
  return starts;
}

io::ListenSpec readListenSpec(Reader& reader) {
  io::ListenSpec spec;
  const std::string protocol = reader.text("protocol");
  if (protocol != "tcp" && protocol != "udp")
    refuse(reader.env(), reader.pathOf("protocol"), "tcp or udp",
           Napi::String::New(reader.env(), protocol));
  if (protocol == "udp") spec.protocol = io::ListenSpec::Protocol::udp;
  spec.host = reader.text("host");
  spec.port = static_cast<uint16_t>(reader.number("port", UINT16_MAX));
  spec.notSentLowWater = static_cast<int>(reader.number("notSentLowWater", INT32_MAX));
  spec.reusePort = reader.boolean("reusePort");
  reader.done();
  return spec;
}

io::UdpJoin readUdpJoin(Reader& command) {
  io::UdpJoin join;
  for (Reader& item : command.objects("tracks")) {
    join.tracks.push_back({readAddress(item, "rtpPort"), readAddress(item, "rtcpPort")});
    item.done();
  }
  join.begin = readBegin(command);
  return join;
}

io::Id openIngestOf(Reader& spec, const io::OwnerRef& owner) {
  const std::string type = spec.text("type");
  if (type == "rtmp") {
    spec.done();
    return io::Hub::instance().openRtmpIngest(owner);
  }
  if (type != "rtsp")
    refuse(spec.env(), spec.pathOf("type"), "rtsp or rtmp", Napi::String::New(spec.env(), type));
  const auto stream = static_cast<io::Id>(spec.number("stream"));
  return io::Hub::instance().openRtspIngest(owner, stream, readRtspIngestSpec(spec));
}

io::Id openOutputOf(Reader& spec, const io::OwnerRef& owner) {
  static const std::map<std::string, io::Id (*)(Reader&, io::Id, const io::OwnerRef&)> openers{
      {"flv", openFlv},   {"hls", openHls}, {"hubsrc", openQueue}, {"live", openLive},
      {"rtmp", openRtmp}, {"rtp", openRtp}, {"udp", openUdp}};
  const std::string type = spec.text("type");
  const auto opener = openers.find(type);
  if (opener != openers.end())
    return opener->second(spec, static_cast<io::Id>(spec.number("stream")), owner);
  refuse(spec.env(), spec.pathOf("type"), "flv, hls, hubsrc, live, rtmp, rtp or udp",
         Napi::String::New(spec.env(), type));
}

}  // namespace binding
