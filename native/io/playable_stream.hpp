#pragma once

#include "core/output.hpp"
#include "io/sound.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace io {

// Fills a stream with what browsers can play of another one, its parent: the parent's own pictures
// and times, and sound that pipelines make anew where a browser lacks its codec. Both streams live
// on one media thread. Remake tells of each epoch which tracks need a pipeline.
class PlayableStream final : public std::enable_shared_from_this<PlayableStream>,
                             private core::Output {
 public:
  PlayableStream(LiveStreamRef parent, LiveStreamRef made);

  // Any thread.
  void open();
  void close();
  SoundRef find(const Sound::Place& place);  // nullptr: there is none (any more)

 private:
  void epoch(const core::EpochRef& epoch) override;
  void frame(const core::FrameRef& frame) override;
  void ended() override;
  void endSounds();

  const LiveStreamRef parent_;
  const LiveStreamRef made_;
  std::vector<SoundRef> sounds_;  // by track; nullptr: passed on. Changed on the media thread
  std::mutex mutex_;  // held when it changes, and when others look
};

}  // namespace io
