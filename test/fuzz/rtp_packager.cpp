#include "core/rtp_packager.hpp"

#include "core/depacketizer.hpp"
#include "core/packet.hpp"
#include "fuzz/input.hpp"

#include <array>
#include <memory>
#include <optional>

namespace core {
namespace {

// What was sent on one track, and the depacketizer that has to give it back.
struct Lane {
  std::vector<Bytes> sent;
  std::vector<Bytes> got;
  std::optional<uint16_t> last;
  std::unique_ptr<Depacketizer> depacketizer;
};

const Bytes kSps{0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5, 0xc0, 0x44, 0x00,
                 0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xc8, 0x3c, 0x60, 0xc6, 0x58};
const Bytes kPps{0x68, 0xea, 0xe3, 0xcb, 0x22, 0xc0};
const Bytes kConfig{0x11, 0x90};

std::vector<Track> tracks() {
  return {{Kind::video, "H264", 90000, *H264Parameters::fromSets(kSps, {kPps})},
          {Kind::audio, "MPEG4-GENERIC", 48000, *AacParameters::fromConfig(kConfig)},
          {Kind::other, "X", 90000, OpaqueParameters{"X/90000", "", 0}}};
}

// No start codes and no zeros at the end: a NAL unit.
void appendNal(uint8_t header, ByteView content, Bytes& unit) {
  const size_t size = 2 + content.size();
  for (int shift = 24; shift >= 0; shift -= 8) unit.push_back(static_cast<uint8_t>(size >> shift));
  unit.push_back(header);
  unit.push_back(0xb8);  // macroblock 0, I, PPS 0
  for (const uint8_t byte : content) unit.push_back(byte == 0 ? 0x80 : byte);
}

Bytes pictureOf(Input& input, bool key) {
  constexpr std::array<uint8_t, 4> kMore{0x06, 0x41, 0x0d, 0x01};
  Bytes unit;
  appendNal(key ? 0x65 : 0x41, input.bytes(input.word()), unit);
  for (int more = input.byte() & 7; more > 0; --more)
    appendNal(kMore[input.byte() & 3], input.bytes(input.byte()), unit);
  return unit;
}

Bytes soundOf(Input& input) {
  const ByteView taken = input.bytes(1 + (input.word() & 0x1fff) % 8191);
  Bytes unit(taken.begin(), taken.end());
  if (unit.empty()) unit.push_back(0x21);
  unit[0] &= 0x7f;  // no ADTS
  return unit;
}

void takeOpaque(Input& input, Frame& frame) {
  for (int packets = 1 + (input.byte() & 3); packets > 0; --packets) {
    const ByteView payload = input.bytes(input.byte());
    frame.payload.insert(frame.payload.end(), payload.begin(), payload.end());
    frame.payload.push_back(7);
    frame.packetEnds.push_back(static_cast<uint32_t>(frame.payload.size()));
  }
  frame.marked = true;
}

class Run {
 public:
  explicit Run(Input input) : input_(input), tracks_(tracks()) {
    for (Lane& lane : lanes_) {
      RtpTrackConfig config;
      const Track& track = tracks_[static_cast<size_t>(&lane - lanes_.data())];
      config.kind = track.kind;
      config.codec = track.codec;
      config.clockRateHz = track.clockRateHz;
      config.config = kConfig;
      lane.depacketizer = makeDepacketizer(
          config, {.parameters = [](Parameters) {},
                   .unit = [&](AccessUnit&& unit) { lane.got.push_back(unit.payload); }});
    }
  }

  void operator()() {
    RtpConfig config;
    config.maxPacketBytes = 128 + input_.word() % 2000;
    max_ = config.maxPacketBytes;
    for (uint8_t track = 0; track < lanes_.size(); ++track)
      config.tracks.push_back(
          {track, static_cast<uint8_t>(2 * track), static_cast<uint8_t>(2 * track + 1), 96, track});
    RtpPackager packager(config,
                         {.block = [this](const RtpBlock& block) { take(block); }, .ended = [] {}});
    packager.epoch(std::make_shared<const Epoch>(Epoch{1, tracks_}));
    while (!input_.empty()) push(packager);
    require(packager.compressedRing().size() == packager.ring().size());
    packager.ended();
    for (const Lane& lane : lanes_) require(lane.got == lane.sent);
  }

 private:
  void push(RtpPackager& packager) {
    Frame frame;
    frame.epoch = 1;
    const uint8_t kind = input_.byte();
    frame.track = kind & 3 ? kind & 1 : 2;
    frame.key = frame.track != 0 || !begun_ || (kind & 0x10) != 0;
    frame.dts = frame.pts = time_ += Micros{1000 + input_.byte() * 200};
    frame.arrival = frame.capture = time_;
    if (frame.track == 0) {
      frame.payload = pictureOf(input_, frame.key);
      begun_ = true;
    } else if (frame.track == 1) {
      frame.payload = soundOf(input_);
    } else {
      takeOpaque(input_, frame);
    }
    lanes_[frame.track].sent.push_back(frame.payload);
    packager.frame(std::make_shared<const Frame>(std::move(frame)));
  }

  void take(const RtpBlock& block) {
    require(block.number == ++number_);
    for (ByteView rest = block.bytes->bytes(); !rest.empty();) {
      require(rest.size() > 4 && rest[0] == '$');
      const size_t size = size_t{rest[2]} << 8 | rest[3];
      require(size + 4 <= rest.size());
      if (rest[1] % 2 == 0) takePacket(lanes_.at(rest[1] / 2), rest.subspan(4, size));
      rest = rest.subspan(4 + size);
    }
  }

  void takePacket(Lane& lane, ByteView bytes) {
    const auto packet = parseRtp(bytes);
    require(static_cast<bool>(packet));
    require(bytes.size() <= max_ || &lane == &lanes_[2]);
    require(!lane.last || packet->sequence == static_cast<uint16_t>(*lane.last + 1));
    lane.last = packet->sequence;
    lane.depacketizer->push(*packet);
  }

  Input input_;
  const std::vector<Track> tracks_;
  std::array<Lane, 3> lanes_;
  size_t max_ = 0;
  uint64_t number_ = 0;
  Micros time_{1'000'000};
  bool begun_ = false;
};

}  // namespace
}  // namespace core

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  core::Run({core::Input{data, size}})();
  return 0;
}
