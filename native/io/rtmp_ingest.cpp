#include "io/rtmp_ingest.hpp"

#include "io/clock.hpp"

#include <utility>

namespace io {

namespace {
constexpr size_t kRtmpInboxBytes = 1'000'000;
// An inbox that grew in a burst is given back beyond this.
constexpr size_t kRtmpKeptBytes = 64 * 1024;
// A peer wants to hear from time to time how much has come.
constexpr uint64_t kTellEveryBytes = 128 * 1024;
// Some begin to send before they have been told that they may.
constexpr size_t kEarlyBytes = 2'000'000;
}  // namespace

RtmpIngest::RtmpIngest(Id id, OwnerRef owner)
    : id_(id),
      owner_(std::move(owner)),
      reader_(*this),
      source_({.begin =
                   [this](std::vector<core::Track> tracks, core::Stream::Splice splice) {
                     target_->stream().begin(std::move(tracks), splice);
                   },
               .frame = [this](core::Frame&& frame) { target_->push(std::move(frame)); },
               .refused = [this](const std::string& reason) { tellBroken(reason); }}) {}

bool RtmpIngest::feed(core::ByteView bytes) {
  if (!stream_) {
    read(bytes);
    return true;
  }
  bool room;
  {
    std::lock_guard lock(mutex_);
    if (closed_) return true;
    waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
    room = waiting_.size() <= kRtmpInboxBytes;
    full_ = !room;
    if (std::exchange(queued_, true)) return room;
  }
  stream_->thread.fed(shared_from_this());
  return room;
}

void RtmpIngest::publish(LiveStreamRef stream) {
  if (stream_) return;
  stream_ = std::move(stream);
  stream_->thread.post([self = shared_from_this(), live = stream_] {
    self->target_ = live;
    self->begin();
  });
}

void RtmpIngest::expect(bool video, bool audio) {
  std::lock_guard lock(mutex_);
  expected_ = {video, audio};
}

void RtmpIngest::close() {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true)) return;
  }
  if (!stream_) return owner_->emit(id_, Closed{});
  stream_->thread.post([self = shared_from_this()] {
    self->connection_.reset();
    self->owner_->emit(self->id_, Closed{});
  });
}

void RtmpIngest::read(Descriptor socket) {
  if (!stream_) return;
  if (socket.get() < 0) return ended(systemReason("dup").text);
  auto shared = std::make_shared<Descriptor>(std::move(socket));
  stream_->thread.post([self = shared_from_this(), shared] {
    TcpReader::Sink& sink = *self;
    if (self->begins())
      self->connection_ =
          std::make_unique<TcpReader>(self->stream_->thread, std::move(*shared), sink);
  });
}

void RtmpIngest::received(core::ByteView bytes) {
  if (!begins()) return;
  count(bytes.size());
  read(bytes);
  bytesRead_ += bytes.size();
  if (bytesRead_ - bytesTold_ < kTellEveryBytes) return;
  bytesTold_ = bytesRead_;
  owner_->emit(id_, BytesRead{bytesRead_});
}

void RtmpIngest::ended(const std::string& reason) { owner_->emit(id_, Ended{reason}); }

// False: it is closed.
bool RtmpIngest::begins() {
  std::lock_guard lock(mutex_);
  source_.expect(expected_[0], expected_[1]);
  return !closed_;
}

void RtmpIngest::count(size_t bytes) {
  arrival_ = now();
  target_->counters().add(target_->counters().bytes, bytes);
}

void RtmpIngest::begin() {
  arrival_ = now();
  for (const Early& early : std::exchange(early_, {}))
    source_.push({early.head, early.payload}, arrival_);
}

void RtmpIngest::drain() {
  bool drained;
  {
    std::lock_guard lock(mutex_);
    queued_ = false;
    if (closed_) return;
    taken_.swap(waiting_);
    waiting_.clear();
    drained = std::exchange(full_, false);
    source_.expect(expected_[0], expected_[1]);
  }
  count(taken_.size());
  read(core::ByteView(taken_));
  if (taken_.capacity() > kRtmpKeptBytes) taken_ = {};
  if (drained) owner_->emit(id_, Drained{});
}

void RtmpIngest::read(core::ByteView bytes) {
  if (!isBroken_ && !reader_.push(bytes)) tellBroken(reader_.reason());
}

void RtmpIngest::tellBroken(const std::string& reason) {
  if (!std::exchange(isBroken_, true)) owner_->emit(id_, Broken{reason});
}

void RtmpIngest::message(const core::rtmp::Message& message) {
  using namespace core::rtmp;
  if (message.type != kAudio && message.type != kVideo && message.type != kAggregate)
    return owner_->emit(id_, RtmpMessage{message.type,
                                         message.stream,
                                         message.timestamp,
                                         {message.payload.begin(), message.payload.end()}});
  if (target_)
    source_.push(message, arrival_);
  else
    keep(message);
}

// Bounded; beyond it nobody means it.
void RtmpIngest::keep(const core::rtmp::Message& message) {
  earlyBytes_ += message.payload.size();
  if (earlyBytes_ > kEarlyBytes) return;
  early_.push_back({message, {message.payload.begin(), message.payload.end()}});
}

}  // namespace io
