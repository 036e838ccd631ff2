#include "core/flv_tag.hpp"

#include <array>

namespace core::flv {

namespace {

struct Name {
  uint32_t id;
  std::string_view codec;
  std::string_view name;
};

constexpr uint32_t fourCc(const char (&text)[5]) {
  uint32_t code = 0;
  for (int i = 0; i < 4; ++i) code = code << 8 | static_cast<uint8_t>(text[i]);
  return code;
}

// 12 is what encoders used for H.265 before there was a standard.
constexpr std::array kVideoCodecs{
    Name{2, "", "Sorenson H.263"},
    Name{3, "", "Screen video"},
    Name{4, "", "VP6"},
    Name{5, "", "VP6"},
    Name{6, "", "Screen video"},
    Name{7, "H264", ""},
    Name{12, "H265", ""},
};
constexpr std::array kAudioCodecs{
    Name{0, "", "PCM"},        Name{1, "", "ADPCM"},
    Name{2, "MPA", ""},        Name{3, "", "PCM"},
    Name{4, "", "Nellymoser"}, Name{5, "", "Nellymoser"},
    Name{6, "", "Nellymoser"}, Name{7, "PCMA", ""},
    Name{8, "PCMU", ""},       Name{10, "MPEG4-GENERIC", ""},
    Name{11, "", "Speex"},     Name{14, "MPA", ""},
};
constexpr std::array kFourCcs{
    Name{fourCc("avc1"), "H264", ""},          Name{fourCc("hvc1"), "H265", ""},
    Name{fourCc("vp08"), "VP8", ""},           Name{fourCc("vp09"), "VP9", ""},
    Name{fourCc("av01"), "AV1", ""},           Name{fourCc("vvc1"), "", "H.266"},
    Name{fourCc("mp4a"), "MPEG4-GENERIC", ""}, Name{fourCc("Opus"), "OPUS", ""},
    Name{fourCc("fLaC"), "FLAC", ""},          Name{fourCc("ac-3"), "AC3", ""},
    Name{fourCc("ec-3"), "", "E-AC-3"},        Name{fourCc(".mp3"), "MPA", ""},
};

template <typename Names>
void setCodec(Tag& tag, const Names& names, uint32_t id) {
  tag.name = "an unknown codec";
  for (const Name& it : names) {
    if (it.id != id) continue;
    tag.codec = it.codec;
    tag.name = it.name;
  }
}

// Takes numbers off the front; once there is too little, all is void.
class TagBytes {
 public:
  explicit TagBytes(ByteView bytes) : rest_(bytes) {}

  bool whole() const { return whole_; }
  ByteView rest() const { return rest_; }
  uint32_t take(size_t count) {
    uint32_t value = 0;
    for (const uint8_t byte : takeBytes(count)) value = value << 8 | byte;
    return value;
  }
  ByteView takeBytes(size_t count) {
    if (count > rest_.size()) {
      whole_ = false;
      rest_ = {};
      return {};
    }
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

 private:
  ByteView rest_;
  bool whole_ = true;
};

int32_t signed24(uint32_t value) { return static_cast<int32_t>(value << 8) >> 8; }

// Packet types of Enhanced RTMP that both kinds have.
enum PacketType : uint8_t { kStart = 0, kCodedFrames = 1, kEnd = 2, kMultitrack = 5, kModEx = 7 };
constexpr uint8_t kCodedFramesWithoutComposition = 3;  // video
constexpr uint8_t kVideoMultitrack = 6;

// Modifiers go before the packet type that counts.
uint8_t skipModifiers(TagBytes& bytes, uint8_t type) {
  while (type == kModEx && bytes.whole()) {
    uint32_t size = bytes.take(1) + 1;
    if (size == 256) size = bytes.take(2) + 1;
    bytes.takeBytes(size);
    type = bytes.take(1) & 0x0f;
  }
  return type;
}

struct ExtendedHead {
  uint8_t type = 0;
  uint32_t codec = 0;
  ByteView body{};
};

// Of several tracks, that with the id 0 counts.
std::optional<ExtendedHead> takeFirstTrack(TagBytes& bytes) {
  enum : uint8_t { kOneTrack = 0, kManyCodecs = 2 };
  const uint32_t head = bytes.take(1);
  const uint32_t how = head >> 4;
  ExtendedHead found;
  found.type = head & 0x0f;
  if (how != kManyCodecs) found.codec = bytes.take(4);
  while (bytes.whole() && !bytes.rest().empty()) {
    if (how == kManyCodecs) found.codec = bytes.take(4);
    const uint32_t track = bytes.take(1);
    const size_t size = how == kOneTrack ? bytes.rest().size() : bytes.take(3);
    found.body = bytes.takeBytes(size);
    if (bytes.whole() && track == 0) return found;
  }
  return std::nullopt;
}

std::optional<ExtendedHead> takeExtendedHead(TagBytes& bytes, uint8_t first, uint8_t multitrack) {
  const uint8_t type = skipModifiers(bytes, first);
  if (type == multitrack) return takeFirstTrack(bytes);
  ExtendedHead head;
  head.type = type;
  head.codec = bytes.take(4);
  head.body = bytes.rest();
  return bytes.whole() ? std::optional(head) : std::nullopt;
}

Tag::Use useOf(uint8_t type) {
  if (type == kStart) return Tag::Use::config;
  return type == kCodedFrames ? Tag::Use::media : Tag::Use::nothing;
}

std::optional<Tag> takeComposition(Tag tag) {
  if (tag.body.size() < 3) return std::nullopt;
  TagBytes body(tag.body);
  tag.composition = signed24(body.take(3));
  tag.body = body.rest();
  return tag;
}

std::optional<Tag> parseExtendedVideo(TagBytes bytes, uint8_t first, Tag tag) {
  const auto head = takeExtendedHead(bytes, first & 0x0f, kVideoMultitrack);
  if (!head) return std::nullopt;
  setCodec(tag, kFourCcs, head->codec);
  tag.body = head->body;
  tag.use = useOf(head->type);
  const bool reorders = tag.codec == "H264" || tag.codec == "H265";
  if (tag.use == Tag::Use::media && reorders) return takeComposition(tag);
  if (head->type == kCodedFramesWithoutComposition) tag.use = Tag::Use::media;
  return tag;
}

}  // namespace

std::optional<Tag> parseVideoTag(ByteView payload) {
  constexpr uint8_t kKeyFrame = 1;
  constexpr uint8_t kCommand = 5;  // nothing to see
  TagBytes bytes(payload);
  const auto first = static_cast<uint8_t>(bytes.take(1));
  const uint8_t frame = first >> 4 & 7;
  if (!bytes.whole()) return std::nullopt;
  Tag tag;
  if (frame == kCommand) return tag;
  tag.key = frame == kKeyFrame;
  if (first & 0x80) return parseExtendedVideo(bytes, first, tag);
  setCodec(tag, kVideoCodecs, first & 0x0f);
  tag.use = Tag::Use::media;
  if (tag.codec.empty()) return tag;
  tag.use = useOf(static_cast<uint8_t>(bytes.take(1)));
  tag.body = bytes.rest();
  return bytes.whole() ? takeComposition(tag) : std::nullopt;
}

std::optional<Tag> parseAudioTag(ByteView payload) {
  constexpr uint8_t kExtended = 9;
  constexpr uint8_t kAacFormat = 10;
  TagBytes bytes(payload);
  const auto first = static_cast<uint8_t>(bytes.take(1));
  if (!bytes.whole()) return std::nullopt;
  Tag tag;
  if (first >> 4 == kExtended) {
    const auto head = takeExtendedHead(bytes, first & 0x0f, kMultitrack);
    if (!head) return std::nullopt;
    setCodec(tag, kFourCcs, head->codec);
    tag.use = useOf(head->type);
    tag.body = head->body;
    return tag;
  }
  setCodec(tag, kAudioCodecs, first >> 4);
  tag.stereo = first & 1;
  tag.use = Tag::Use::media;
  if (first >> 4 == kAacFormat) tag.use = useOf(static_cast<uint8_t>(bytes.take(1)));
  tag.body = bytes.rest();
  return bytes.whole() ? std::optional(tag) : std::nullopt;
}

}  // namespace core::flv
