#include "io/playable_stream.hpp"

#include "core/playable.hpp"

#include <utility>

namespace io {

PlayableStream::PlayableStream(LiveStreamRef parent, LiveStreamRef made)
    : parent_(std::move(parent)), made_(std::move(made)) {}

void PlayableStream::open() {
  parent_->post([self = shared_from_this()](core::Stream& parent) { parent.add(*self); });
}

void PlayableStream::close() {
  parent_->post([self = shared_from_this()](core::Stream& parent) {
    parent.remove(*self);
    self->endSounds();
  });
}

SoundRef PlayableStream::find(const Sound::Place& place) {
  std::lock_guard lock(mutex_);
  const SoundRef sound = place.track < sounds_.size() ? sounds_[place.track] : nullptr;
  return sound && sound->place == place ? sound : nullptr;
}

void PlayableStream::epoch(const core::EpochRef& epoch) {
  endSounds();
  std::vector<SoundRef> sounds;
  Remake remake{epoch->number, {}};
  for (const core::Track& track : epoch->tracks) {
    const auto index = static_cast<uint8_t>(sounds.size());
    const auto flac = core::remadeOf(track);
    sounds.push_back(
        flac ? std::make_shared<Sound>(made_, Sound::Place{epoch->number, index}, track, *flac)
             : nullptr);
    if (flac) remake.tracks.push_back({index, track.codec});
  }
  {
    std::lock_guard lock(mutex_);
    sounds_ = std::move(sounds);
  }
  made_->stream().follow(std::make_shared<const core::Epoch>(core::playable(*epoch)));
  made_->owner->emit(made_->id, std::move(remake));
}

void PlayableStream::frame(const core::FrameRef& frame) {
  if (const SoundRef& sound = sounds_[frame->track])
    sound->push(frame);
  else
    made_->stream().follow(frame);
}

// The stream that was made is closed by whoever opened it.
void PlayableStream::ended() { endSounds(); }

void PlayableStream::endSounds() {
  std::vector<SoundRef> over;
  {
    std::lock_guard lock(mutex_);
    over.swap(sounds_);
  }
  for (const SoundRef& sound : over)
    if (sound) sound->end();
}

}  // namespace io
