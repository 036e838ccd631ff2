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
enum PacketType : uint8_t { kStart = 0, kCodedFrames = 1, kMultitrack = 5, kModEx = 7 };
constexpr uint8_t kCodedFramesWithoutComposition = 3;  // video
constexpr uint8_t kVideoMultitrack = 6;

// What goes before the packet type that counts.
struct Modifiers {
  uint8_t type = 0;
  Micros later{0};
};

Modifiers takeModifiers(TagBytes& bytes, uint8_t type) {
  constexpr uint32_t kTimestampOffset = 0;  // in nanoseconds, 24 bits
  Modifiers found{type, Micros{0}};
  while (found.type == kModEx && bytes.whole()) {
    uint32_t size = bytes.take(1) + 1;
    if (size == 256) size = bytes.take(2) + 1;
    TagBytes value(bytes.takeBytes(size));
    const uint32_t head = bytes.take(1);
    if (head >> 4 == kTimestampOffset) found.later = Micros{value.take(3) % 1'000'000 / 1000};
    found.type = head & 0x0f;
  }
  return found;
}

struct ExtendedHead {
  uint8_t type = 0;
  uint32_t codec = 0;
  uint8_t track = 0;
  ByteView body{};
};

std::vector<ExtendedHead> takeTracks(TagBytes& bytes) {
  enum : uint8_t { kOneTrack = 0, kManyCodecs = 2 };
  const uint32_t first = bytes.take(1);
  const uint32_t how = first >> 4;
  ExtendedHead head;
  head.type = first & 0x0f;
  if (how != kManyCodecs) head.codec = bytes.take(4);
  std::vector<ExtendedHead> found;
  while (!bytes.rest().empty() && found.size() < kMostTags) {
    if (how == kManyCodecs) head.codec = bytes.take(4);
    head.track = static_cast<uint8_t>(bytes.take(1));
    const size_t size = how == kOneTrack ? bytes.rest().size() : bytes.take(3);
    head.body = bytes.takeBytes(size);
    if (bytes.whole()) found.push_back(head);
  }
  return found;
}

std::vector<ExtendedHead> takeExtendedHeads(TagBytes& bytes, uint8_t type, uint8_t multitrack) {
  if (type == multitrack) return takeTracks(bytes);
  ExtendedHead head;
  head.type = type;
  head.codec = bytes.take(4);
  head.body = bytes.rest();
  if (!bytes.whole()) return {};
  return {head};
}

Tag::Use useOf(uint8_t type) {
  if (type == kStart) return Tag::Use::config;
  return type == kCodedFrames ? Tag::Use::media : Tag::Use::nothing;
}

// False: it is cut short.
bool takeComposition(Tag& tag) {
  TagBytes body(tag.body);
  tag.composition = signed24(body.take(3));
  tag.body = body.rest();
  return body.whole();
}

// False: it is cut short.
bool finishPicture(Tag& tag, uint8_t type) {
  const bool reorders = tag.codec == "H264" || tag.codec == "H265";
  if (type == kCodedFramesWithoutComposition) tag.use = Tag::Use::media;
  return type != kCodedFrames || !reorders || takeComposition(tag);
}

// `tag` is what all tracks of the message have in common.
std::vector<Tag> parseExtended(TagBytes bytes, Tag tag, uint8_t type, uint8_t multitrack) {
  const Modifiers modifiers = takeModifiers(bytes, type);
  tag.later = modifiers.later;
  std::vector<Tag> tags;
  for (const ExtendedHead& head : takeExtendedHeads(bytes, modifiers.type, multitrack)) {
    setCodec(tag, kFourCcs, head.codec);
    tag.track = head.track;
    tag.body = head.body;
    tag.use = useOf(head.type);
    tags.push_back(tag);
    const bool isPicture = multitrack == kVideoMultitrack;
    if (isPicture && !finishPicture(tags.back(), head.type)) tags.pop_back();
  }
  return tags;
}

}  // namespace

std::vector<Tag> parseVideoTags(ByteView payload) {
  constexpr uint8_t kKeyFrame = 1;
  constexpr uint8_t kCommand = 5;  // nothing to see
  TagBytes bytes(payload);
  const auto first = static_cast<uint8_t>(bytes.take(1));
  const uint8_t frame = first >> 4 & 7;
  if (!bytes.whole() || frame == kCommand) return {};
  Tag tag;
  tag.key = frame == kKeyFrame;
  if (first & 0x80) return parseExtended(bytes, tag, first & 0x0f, kVideoMultitrack);
  setCodec(tag, kVideoCodecs, first & 0x0f);
  tag.use = Tag::Use::media;
  if (tag.codec.empty()) return {tag};
  tag.use = useOf(static_cast<uint8_t>(bytes.take(1)));
  tag.body = bytes.rest();
  if (!bytes.whole() || !takeComposition(tag)) return {};
  return {tag};
}

std::vector<Tag> parseAudioTags(ByteView payload) {
  constexpr uint8_t kExtended = 9;
  constexpr uint8_t kAacFormat = 10;
  TagBytes bytes(payload);
  const auto first = static_cast<uint8_t>(bytes.take(1));
  if (!bytes.whole()) return {};
  if (first >> 4 == kExtended) return parseExtended(bytes, {}, first & 0x0f, kMultitrack);
  Tag tag;
  setCodec(tag, kAudioCodecs, first >> 4);
  tag.stereo = first & 1;
  tag.use = Tag::Use::media;
  if (first >> 4 == kAacFormat) tag.use = useOf(static_cast<uint8_t>(bytes.take(1)));
  tag.body = bytes.rest();
  if (!bytes.whole()) return {};
  return {tag};
}

}  // namespace core::flv
