#include "core/rtmp_source.hpp"

#include "fuzz/input.hpp"

#include <array>
#include <map>
#include <optional>

namespace core {
namespace {

// Messages of any kind at any time: frames fit the tracks that were told, and decode times rise.
class RtmpSourceRun {
 public:
  explicit RtmpSourceRun(Input input) : input_(input) {}

  void operator()() {
    const uint8_t expected = input_.byte();
    source_.expect((expected & 1) != 0, (expected & 2) != 0);
    Micros arrival{0};
    while (!input_.empty()) {
      constexpr std::array<uint8_t, 4> kTypes{rtmp::kVideo, rtmp::kAudio, rtmp::kAggregate,
                                              rtmp::kVideo};
      const uint8_t kind = input_.byte();
      uint32_t time = input_.word();
      if (kind & 4) time *= 0x10000;
      arrival += Micros{input_.byte() * (kind & 8 ? 100'000 : 1'000)};
      const size_t size = input_.byte();
      const ByteView payload = input_.bytes(size);
      source_.push({{kTypes[kind & 3], 1, time}, payload}, arrival);
    }
  }

 private:
  void take(const Frame& frame) {
    require(frame.track < tracks_.size());
    const Track& track = tracks_[frame.track];
    require(!frame.payload.empty());
    require(track.kind == Kind::video || frame.key);
    std::optional<Micros>& last = last_[frame.track];
    require(!last || frame.dts > *last);
    last = frame.dts;
  }

  Input input_;
  std::vector<Track> tracks_;
  std::map<uint8_t, std::optional<Micros>> last_;
  RtmpSource source_{
      {.begin = [this](std::vector<Track> tracks, Stream::Splice) { tracks_ = std::move(tracks); },
       .frame = [this](Frame&& frame) { take(frame); },
       .refused = [](const std::string& reason) { require(!reason.empty()); }}};
};

}  // namespace
}  // namespace core

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  core::RtmpSourceRun({core::Input{data, size}})();
  return 0;
}
