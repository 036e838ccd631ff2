#include "gst/track_publisher.hpp"

#include "io/hub.hpp"

#include <algorithm>
#include <utility>

namespace gst {

using core::Micros;

namespace {

constexpr std::chrono::seconds kTracksDeadline{2};

bool isVideo(const TrackPublisher::LaneRef& lane) {
  return lane->maker.track()->track.kind == core::Kind::video;
}

}  // namespace

TrackPublisher::LaneRef TrackPublisher::addLane(GstPad* pad) {
  auto lane = std::make_shared<Lane>();
  lane->pad = share(pad);
  std::lock_guard lock(mutex_);
  lanes_.push_back(lane);
  return lane;
}

void TrackPublisher::removeLane(const LaneRef& lane) {
  {
    std::lock_guard lock(mutex_);
    std::erase(lanes_, lane);
  }
  changed_.notify_all();
}

bool TrackPublisher::open(uint32_t pipeline, const std::string& path) {
  auto publisher = io::Hub::instance().publish(pipeline, path);
  std::lock_guard lock(mutex_);
  publisher_ = std::move(publisher);
  interrupted_ = false;
  return publisher_ != nullptr;
}

void TrackPublisher::setPlaying(bool playing) {
  {
    std::lock_guard lock(mutex_);
    playing_ = playing;
    if (publisher_) publisher_->setPlaying(playing);
    if (!playing) {
      ++interruptions_;
      wakeClockWaits();
    }
  }
  changed_.notify_all();
}

void TrackPublisher::interrupt() {
  {
    std::lock_guard lock(mutex_);
    interrupted_ = true;
    if (publisher_) publisher_->interrupt();
    wakeClockWaits();
  }
  changed_.notify_all();
}

void TrackPublisher::close() {
  std::lock_guard lock(mutex_);
  publisher_.reset();
  tracks_.clear();
  completeBy_.reset();
  flushes_ = 0;
  end_ = {};
  for (const LaneRef& lane : lanes_) {
    lane->maker = {};
    lane->index.reset();
    lane->flushing = lane->ended = false;
  }
}

void TrackPublisher::setSync(bool sync) {
  std::lock_guard lock(mutex_);
  sync_ = sync;
}

bool TrackPublisher::sync() {
  std::lock_guard lock(mutex_);
  return sync_;
}

GstClockTime TrackPublisher::endTime() {
  std::lock_guard lock(mutex_);
  return static_cast<GstClockTime>(std::max(end_, Micros{0}).count()) * GST_USECOND;
}

GstFlowReturn TrackPublisher::chain(Lane& lane, GstBuffer* buffer) {
  Lock lock(mutex_);
  if (isOut(lane)) return GST_FLOW_FLUSHING;
  if (lane.ended) return GST_FLOW_EOS;
  if (!lane.maker.track()) return GST_FLOW_NOT_NEGOTIATED;
  if (lane.maker.learn(buffer)) renew(lane);
  if (!awaitTracks(lock, lane)) return GST_FLOW_FLUSHING;
  const UnitTimes times = lane.maker.timesOf(buffer, runningTimeNow());
  if (!awaitTurn(lock, lane, times.dts)) return GST_FLOW_FLUSHING;
  auto unit = lane.maker.make(buffer, times);
  if (!unit) return GST_FLOW_OK;
  account(lane, times);
  unit->track = *lane.index;
  return push(lock, lane, std::move(*unit));
}

// Waits until this lane has its track in the epoch.
bool TrackPublisher::awaitTracks(Lock& lock, Lane& lane) {
  while (!isOut(lane)) {
    if (lane.index) return true;
    const bool late = !tracks_.empty() || std::chrono::steady_clock::now() >= *completeBy_;
    if (late || isComplete())
      begin();
    else
      changed_.wait_until(lock, *completeBy_);
  }
  return false;
}

bool TrackPublisher::isComplete() const {
  return std::ranges::all_of(lanes_, [](const LaneRef& lane) {
    return lane->maker.track() || lane->ended || !gst_pad_is_linked(lane->pad.get());
  });
}

// Tracks keep their index when others join them, so units under way stay right.
void TrackPublisher::begin() {
  std::vector<LaneRef> joining;
  std::ranges::copy_if(lanes_, std::back_inserter(joining),
                       [](const LaneRef& lane) { return lane->maker.track() && !lane->index; });
  // Not the one of std::ranges: Clang 14 cannot compile it with the library of GCC 12.
  std::stable_partition(joining.begin(), joining.end(), isVideo);
  for (const LaneRef& lane : joining) {
    lane->index = static_cast<uint8_t>(tracks_.size());
    tracks_.push_back(lane->maker.track()->track);
  }
  publisher_->begin(tracks_);
  changed_.notify_all();
}

// Waits for PLAYING and, when synchronised, for the clock.
bool TrackPublisher::awaitTurn(Lock& lock, Lane& lane, Micros running) {
  while (!isOut(lane)) {
    if (!playing_) {
      changed_.wait(lock);
      continue;
    }
    const Clock clock(gst_element_get_clock(element_));
    const auto base = static_cast<GstClockTimeDiff>(gst_element_get_base_time(element_));
    const GstClockTimeDiff due = base + running.count() * 1000;
    if (!sync_ || !clock || due <= 0) return true;
    const ClockId id(gst_clock_new_single_shot_id(clock.get(), static_cast<GstClockTime>(due)));
    lane.waiting = id.get();
    lock.unlock();
    const GstClockReturn came = gst_clock_id_wait(id.get(), nullptr);
    lock.lock();
    lane.waiting = nullptr;
    if (came != GST_CLOCK_UNSCHEDULED) return !isOut(lane);
  }
  return false;
}

GstFlowReturn TrackPublisher::push(Lock& lock, Lane& lane, io::RawUnit unit) {
  const auto publisher = publisher_;
  const uint32_t interruptions = interruptions_;
  lock.unlock();
  const bool taken = publisher->push(std::move(unit));
  lock.lock();
  if (taken) return GST_FLOW_OK;
  if (isOut(lane)) return GST_FLOW_FLUSHING;
  // The flush of another lane got it out; this one is about to be flushed as well. Or a pause did.
  if (interruptions != interruptions_ || flushes_ > 0) return GST_FLOW_OK;
  lock.unlock();
  const std::string refusal = publisher->refusal();
  GST_ELEMENT_ERROR(element_, RESOURCE, CLOSE,
                    ("%s", refusal.empty() ? "The stream has been closed" : refusal.c_str()),
                    (nullptr));
  return GST_FLOW_ERROR;
}

void TrackPublisher::account(Lane& lane, const UnitTimes& times) {
  if (times.pts > lane.lastPts) lane.spacing = times.pts - lane.lastPts;
  lane.lastPts = times.pts;
  end_ = std::max(end_, times.pts + (times.duration.count() > 0 ? times.duration : lane.spacing));
}

Micros TrackPublisher::runningTimeNow() const {
  const GstClockTime now = gst_element_get_current_running_time(element_);
  return Micros(GST_CLOCK_TIME_IS_VALID(now) ? now / GST_USECOND : 0);
}

void TrackPublisher::wakeClockWaits() {
  for (const LaneRef& lane : lanes_)
    if (lane->waiting) gst_clock_id_unschedule(lane->waiting);
}

core::Result<bool> TrackPublisher::setCaps(Lane& lane, const GstCaps& caps) {
  auto track = trackOf(caps);
  if (!track) return track.reason();
  {
    std::lock_guard lock(mutex_);
    if (!completeBy_) completeBy_ = std::chrono::steady_clock::now() + kTracksDeadline;
    lane.maker.setTrack(std::move(*track));
    renew(lane);
  }
  changed_.notify_all();
  return true;
}

// What is known of a track that has its place changes it.
void TrackPublisher::renew(const Lane& lane) {
  const core::Track& fresh = lane.maker.track()->track;
  if (!publisher_ || !lane.index || tracks_[*lane.index] == fresh) return;
  tracks_[*lane.index] = fresh;
  publisher_->begin(tracks_);
}

void TrackPublisher::setSegment(Lane& lane, const GstSegment& segment) {
  std::lock_guard lock(mutex_);
  lane.maker.setSegment(segment);
}

void TrackPublisher::startFlush(Lane& lane) {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(lane.flushing, true)) return;
    ++flushes_;
    ++interruptions_;
    if (publisher_) publisher_->interrupt();
    if (lane.waiting) gst_clock_id_unschedule(lane.waiting);
  }
  changed_.notify_all();
}

void TrackPublisher::stopFlush(Lane& lane) {
  std::lock_guard lock(mutex_);
  lane.ended = false;
  if (!std::exchange(lane.flushing, false)) return;
  if (--flushes_ == 0 && publisher_ && !interrupted_) publisher_->resume();
}

bool TrackPublisher::hasEnded() const {
  return std::ranges::all_of(lanes_, [](const LaneRef& lane) {
    return lane->ended || !gst_pad_is_linked(lane->pad.get());
  });
}

bool TrackPublisher::end(Lane& lane) {
  Lock lock(mutex_);
  lane.ended = true;
  changed_.notify_all();  // the others need not wait for the caps of this one
  if (!hasEnded()) return false;
  changed_.wait(lock, [&] { return playing_ || isOut(lane); });
  return !isOut(lane);
}

}  // namespace gst
