#pragma once

#include "gate_rig.hpp"

#include <algorithm>
#include <vector>

// What goes into gates in tests, and how what comes out is measured.
namespace test {

inline constexpr int kPictureMs = 40;
inline constexpr int kAudioMs = 20;
inline constexpr size_t kVideo = 0;
inline constexpr size_t kAudio = 1;
inline const std::vector<gst::TrackKind> kBoth{gst::TrackKind::video, gst::TrackKind::audio};

// Pictures and audio of a camera: a key frame every `gop` pictures. Audio arrives `leadMs` before
// the picture of the same time.
class Camera {
 public:
  Camera(GateRig& rig, int leadMs, int gop = 10) : rig_(rig), leadMs_(leadMs), gop_(gop) {}

  // Lets all arrive up to this time.
  void runTo(int endMs) {
    for (; now_ < endMs; now_ += kAudioMs) {
      const int audio = now_ + leadMs_;
      if (audio >= 0) rig_.push(kAudio, {audio, {}, true, kAudioMs});
      if (now_ >= 0 && now_ % kPictureMs == 0)
        rig_.push(kVideo, {now_, now_, now_ / kPictureMs % gop_ == 0, kPictureMs});
    }
  }

 private:
  GateRig& rig_;
  const int leadMs_;
  const int gop_;
  int now_ = -2000;
};

inline std::vector<double> shownMs(GateRig& rig, size_t track) {
  std::vector<double> times;
  for (const Given& it : rig.given(track)) times.push_back(it.pts.value_or(-1));
  return times;
}

// Each of the frames begins where the last one ended, or less than another frame later.
inline void expectSeamless(const std::vector<double>& times, double frameMs) {
  for (size_t i = 1; i < times.size(); ++i) {
    const double step = times[i] - times[i - 1];
    ASSERT_GE(step, frameMs - 1) << "frame " << i << " at " << times[i];
    ASSERT_LT(step, 2 * frameMs) << "frame " << i << " at " << times[i];
  }
}

// How long a track is whose frames have this duration.
inline double lengthMs(const std::vector<double>& times, double frameMs) {
  const auto [first, last] = std::ranges::minmax(times);
  return last - first + frameMs;
}

// I0 P4 B2 B1 B3, I P ..., shown in the order of the numbers.
inline void pushMiniGop(GateRig& rig, int index, bool key, std::vector<int> order) {
  for (size_t i = 0; i < order.size(); ++i) {
    const int decoded = (index + static_cast<int>(i)) * kPictureMs;
    const int shown = (index + order[i] + 3) * kPictureMs;
    rig.push(kVideo, {shown, decoded, key && i == 0, kPictureMs});
  }
}

inline void pushReordered(GateRig& rig, int fromGroup, int groups) {
  for (int group = fromGroup; group < fromGroup + groups; ++group)
    for (int part = 0; part < 3; ++part)
      pushMiniGop(rig, group * 15 + part * 5, part == 0, {0, 4, 2, 1, 3});
}

}  // namespace test
