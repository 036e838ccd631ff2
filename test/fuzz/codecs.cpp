#include "core/packetizer.hpp"
#include "fuzz/packets.hpp"

#include <array>
#include <optional>

// All codecs whose units are packets or pieces of them: the first byte chooses.
namespace core {
namespace {

constexpr std::array<const char*, 12> kCodecs{"VP8",     "VP9",     "OPUS", "MPA",
                                              "AC3",     "PCMU",    "L24",  "MP4V-ES",
                                              "G726-32", "G726-24", "G722", "AAL2-G726-40"};

// What was made of packets can go out again.
void sendOn(const Track& track, const AccessUnit& unit) {
  constexpr size_t kMaxBytes = 100;
  const auto packetizer = makePacketizer(track);
  Frame frame;
  frame.key = unit.key;
  frame.payload = unit.payload;
  PayloadList list;
  packetizer->packetize(frame, kMaxBytes, list);
  require(list.bytes() >= unit.payload.size());
}

void run(Input input) {
  RtpTrackConfig config;
  config.codec = kCodecs[input.byte() % kCodecs.size()];
  config.clockRateHz = input.byte() * 1000u + 8000;
  config.channels = input.byte();
  std::optional<Track> track;
  size_t out = 0;
  const size_t bound = input.size();
  const auto depacketizer = makeDepacketizer(
      config, {.parameters =
                   [&](const Parameters& parameters) {
                     const VideoParameters* video = videoOf(parameters);
                     const AudioParameters* audio = audioOf(parameters);
                     require(video || audio);
                     require(!video || (video->width > 0 && video->height > 0));
                     require(!audio || (audio->sampleRateHz > 0 && audio->channels > 0));
                     track = Track{config.kind, config.codec, config.clockRateHz, parameters};
                   },
               .unit =
                   [&](AccessUnit&& unit) {
                     require(track && !unit.payload.empty());
                     require(unitDuration(track->parameters, unit.payload) >= Micros{0});
                     if (unit.payload.size() < 8192) sendOn(*track, unit);
                     out += unit.payload.size();
                   }});
  pushPackets(input, *depacketizer);
  require(out <= bound);
}

}  // namespace
}  // namespace core

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  core::run({data, size});
  return 0;
}
