#include "io/hub.hpp"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>

namespace io {

namespace {
// Takes an entry out of a map; an empty optional when it is not there.
template <typename Map>
std::optional<typename Map::mapped_type> take(Map& map, typename Map::key_type key) {
  const auto found = map.find(key);
  if (found == map.end()) return std::nullopt;
  std::optional<typename Map::mapped_type> taken{std::move(found->second)};
  map.erase(found);
  return taken;
}

template <typename Map>
typename Map::mapped_type lookUp(const Map& map, typename Map::key_type key) {
  const auto found = map.find(key);
  return found == map.end() ? typename Map::mapped_type{} : found->second;
}
}  // namespace

Hub& Hub::instance() {
  static Hub* const hub = std::unique_ptr<Hub>(new Hub())
                              .release();  // never destroyed: threads of others may outlive main()
  return *hub;
}

void Hub::hold() {
  std::lock_guard holding(holding_);
  if (holders_++ > 0) return;
  makeThreads();
  for (const auto& thread : threads_) thread->start();
  udpSender_.start();
}

void Hub::makeThreads() {
  std::lock_guard lock(mutex_);
  const size_t count = std::max(1U, std::thread::hardware_concurrency());
  while (threads_.size() < count)
    threads_.push_back(std::make_unique<MediaThread>("media-" + std::to_string(threads_.size())));
}

// The last tasks of the threads may ask the hub for something.
void Hub::letGo() {
  std::lock_guard holding(holding_);
  if (--holders_ > 0) return;
  udpReceiver_.stop();
  for (const auto& thread : threads_) thread->stop();
  udpSender_.stop();
}

MediaThread& Hub::nextThread() { return *threads_[nextThread_++ % threads_.size()]; }

Id Hub::openStream(const OwnerRef& owner, const StreamSpec& spec) {
  const Id id = nextId();
  std::lock_guard lock(mutex_);
  auto live = std::make_shared<LiveStream>(id, spec, nextThread(), owner);
  byPath_[{spec.domain, spec.path}] = id;
  streams_[id] = {.live = std::move(live)};
  return id;
}

Id Hub::openPlayable(const OwnerRef& owner, Id parent) {
  const Id id = nextId();
  const LiveStreamRef from = findStream(parent);
  if (!from) {
    owner->emit(id, Closed{});
    return id;
  }
  const core::StreamConfig& ring = from->ringConfig();
  const StreamSpec spec{"", "", ring.ringMaxBytes, ring.ringMaxAge};
  auto made = std::make_shared<LiveStream>(id, spec, from->thread, owner);
  auto playable = std::make_shared<PlayableStream>(from, made);
  {
    std::lock_guard lock(mutex_);
    streams_[id] = {std::move(made), {}, playable};
  }
  playable->open();
  return id;
}

SoundRef Hub::findSound(Id playable, const Sound::Place& place) {
  std::lock_guard lock(mutex_);
  const auto found = streams_.find(playable);
  const bool isMade = found != streams_.end() && found->second.playable;
  return isMade ? found->second.playable->find(place) : nullptr;
}

LiveStreamRef Hub::findStream(Id id) {
  std::lock_guard lock(mutex_);
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second.live;
}

Id Hub::openRtspIngest(const OwnerRef& owner, Id stream, RtspIngestSpec spec) {
  const Id id = nextId();
  const LiveStreamRef live = findStream(stream);
  if (!live) {
    owner->emit(id, Closed{});
    return id;
  }
  const auto udp = std::exchange(spec.udp, {});
  auto ingest = std::make_shared<RtspIngest>(id, live, std::move(spec), owner);
  if (udp) ingest->openUdp(udpReceiver_, *udp);
  std::lock_guard lock(mutex_);
  ingests_[id] = std::move(ingest);
  return id;
}

Id Hub::openRtmpIngest(const OwnerRef& owner) {
  const Id id = nextId();
  std::lock_guard lock(mutex_);
  ingests_[id] = std::make_shared<RtmpIngest>(id, owner);
  return id;
}

std::shared_ptr<RtmpIngest> Hub::findRtmpIngest(Id id) {
  return std::dynamic_pointer_cast<RtmpIngest>(findIngest(id));
}

void Hub::publishRtmp(Id ingest, Id stream) {
  const auto rtmp = findRtmpIngest(ingest);
  const LiveStreamRef live = findStream(stream);
  if (rtmp && live) rtmp->publish(live);
}

void Hub::expectRtmp(Id ingest, bool video, bool audio) {
  if (const auto rtmp = findRtmpIngest(ingest)) rtmp->expect(video, audio);
}

Id Hub::openHls(const OwnerRef& owner, Id stream, core::HlsConfig config) {
  const Id id = nextId();
  const LiveStreamRef live = findStream(stream);
  if (live)
    return openOutput(std::make_shared<HlsOutput>(OutputPlace{id, live, owner}, config), id);
  owner->emit(id, Closed{});
  return id;
}

Id Hub::openRing(const OwnerRef& owner, Id stream, const RingOutput::MakePackager& make) {
  const Id id = nextId();
  const LiveStreamRef live = findStream(stream);
  if (live) return openOutput(std::make_shared<RingOutput>(OutputPlace{id, live, owner}, make), id);
  owner->emit(id, Closed{});
  return id;
}

Id Hub::openUdp(const OwnerRef& owner, Id stream, core::RtpConfig config, UdpSockets sockets) {
  const Id id = nextId();
  const LiveStreamRef live = findStream(stream);
  if (live)
    return openOutput(std::make_shared<UdpOutput>(OutputPlace{id, live, owner}, std::move(config),
                                                  std::move(sockets), udpSender_),
                      id);
  owner->emit(id, Closed{});
  return id;
}

std::shared_ptr<UdpOutput> Hub::findUdp(Id output) {
  std::lock_guard lock(mutex_);
  return std::dynamic_pointer_cast<UdpOutput>(lookUp(outputs_, output));
}

Id Hub::openRtmp(const OwnerRef& owner, Id stream, const core::RtmpRelay::Options& options,
                 Descriptor socket) {
  const Id id = nextId();
  const LiveStreamRef live = findStream(stream);
  if (live)
    return openOutput(
        std::make_shared<RtmpOutput>(OutputPlace{id, live, owner}, options, std::move(socket)), id);
  owner->emit(id, Closed{});
  return id;
}

std::shared_ptr<RtmpOutput> Hub::findRtmp(Id output) {
  std::lock_guard lock(mutex_);
  return std::dynamic_pointer_cast<RtmpOutput>(lookUp(outputs_, output));
}

Id Hub::openQueue(const OwnerRef& owner, Id stream, Id request) {
  const Id id = nextId();
  const LiveStreamRef live = findStream(stream);
  std::shared_ptr<FrameQueue> queue;
  {
    std::lock_guard lock(mutex_);
    queue = lookUp(requests_, request).lock();
  }
  if (live && queue)
    return openOutput(std::make_shared<QueueOutput>(OutputPlace{id, live, owner}, queue), id);
  owner->emit(id, Closed{});
  return id;
}

Id Hub::openOutput(const OutputRef& output, Id id) {
  {
    std::lock_guard lock(mutex_);
    outputs_[id] = output;
  }
  output->open();  // from now on it may close itself
  return id;
}

void Hub::acceptOffer(Id id, Id stream) {
  std::shared_ptr<Offer> offer;
  std::shared_ptr<UnitInbox> inbox;
  {
    std::lock_guard lock(mutex_);
    offer = lookUp(offers_, id).lock();
    if (offer) inbox = openInbox(stream);
  }
  if (inbox)
    offer->accept(std::move(inbox));
  else if (offer)
    offer->refuse("The stream has been closed");
}

void Hub::refuse(Id request, std::string reason) {
  std::shared_ptr<FrameQueue> queue;
  std::shared_ptr<Offer> offer;
  {
    std::lock_guard lock(mutex_);
    queue = lookUp(requests_, request).lock();
    offer = lookUp(offers_, request).lock();
  }
  if (queue)
    queue->refuse(std::move(reason));
  else if (offer)
    offer->refuse(std::move(reason));
}

void Hub::setPaused(Id stream, bool paused) {
  const LiveStreamRef live = findStream(stream);
  if (!live) return;
  live->post([paused](core::Stream& it) { paused ? it.pause() : it.play(); });
}

void Hub::close(Id id) {
  std::optional<OpenStream> stream;
  std::optional<IngestRef> ingest;
  std::optional<OutputRef> output;
  {
    std::lock_guard lock(mutex_);
    stream = take(streams_, id);
    ingest = take(ingests_, id);
    output = take(outputs_, id);
    if (stream) std::erase_if(byPath_, [id](const auto& entry) { return entry.second == id; });
  }
  if (stream) closeStream(*stream);
  if (ingest) (*ingest)->close();
  if (output) (*output)->close();
}

void Hub::closeStream(const OpenStream& stream) {
  for (const auto& weak : stream.publishers)
    if (const auto publisher = weak.lock()) publisher->close();
  if (stream.playable) stream.playable->close();
  stream.live->post([live = stream.live](core::Stream& it) {
    it.end();
    live->owner->emit(live->id, Closed{});
  });
}

IngestRef Hub::findIngest(Id ingest) {
  std::lock_guard lock(mutex_);
  return lookUp(ingests_, ingest);
}

bool Hub::feed(Id ingest, core::ByteView bytes) {
  const auto found = findIngest(ingest);
  return !found || found->feed(bytes);
}

void Hub::place(Id ingest, std::vector<RtpStart> starts) {
  const auto rtsp = std::dynamic_pointer_cast<RtspIngest>(findIngest(ingest));
  if (rtsp) rtsp->place(std::move(starts));
}

void Hub::read(Id ingest, int fd) {
  const IngestRef found = findIngest(ingest);
  if (found) found->read(duplicate(fd));
}

std::shared_ptr<HlsOutput> Hub::findHls(Id output) {
  std::lock_guard lock(mutex_);
  return std::dynamic_pointer_cast<HlsOutput>(lookUp(outputs_, output));
}

std::shared_ptr<RingOutput> Hub::findRing(Id output) {
  std::lock_guard lock(mutex_);
  return std::dynamic_pointer_cast<RingOutput>(lookUp(outputs_, output));
}

core::BlockRef Hub::findInit(Id output, uint32_t number) {
  const auto hls = findHls(output);
  return hls ? hls->findInit(number) : nullptr;
}

core::BlockRef Hub::findPart(Id output, uint64_t number) {
  const auto hls = findHls(output);
  return hls ? hls->findPart(number) : nullptr;
}

std::vector<core::BlockRef> Hub::findSegment(Id output, uint64_t number) {
  const auto hls = findHls(output);
  return hls ? hls->findSegment(number) : std::vector<core::BlockRef>{};
}

std::optional<StreamStats> Hub::streamStats(Id stream) {
  const LiveStreamRef live = findStream(stream);
  if (!live) return std::nullopt;
  return live->stats();
}

HubStats Hub::stats() {
  std::lock_guard lock(mutex_);
  const auto count = [](const auto& map) { return static_cast<uint32_t>(map.size()); };
  return {count(streams_),   count(ingests_), count(outputs_),
          count(pipelines_), count(threads_), abandoned_};
}

void Hub::registerPipeline(const OwnerRef& owner, Id pipeline, std::string domain,
                           std::string path) {
  std::lock_guard lock(mutex_);
  pipelines_[pipeline] = {owner, std::move(domain), std::move(path)};
}

void Hub::unregisterPipeline(Id pipeline) {
  std::lock_guard lock(mutex_);
  pipelines_.erase(pipeline);
}

std::shared_ptr<Publisher> Hub::publish(Id pipeline, const std::string& path) {
  std::lock_guard lock(mutex_);
  const auto known = pipelines_.find(pipeline);
  if (known == pipelines_.end()) return nullptr;
  const auto& [owner, domain, own] = known->second;
  if (path == own) {
    const auto id = byPath_.find({domain, path});
    return id == byPath_.end() ? nullptr : openInbox(id->second);
  }
  const Id id = nextId();
  auto offer = std::make_shared<Offer>(id, owner, domain, path);
  std::erase_if(offers_, [](const auto& entry) { return entry.second.expired(); });
  offers_[id] = offer;
  return offer;
}

// With the mutex held.
std::shared_ptr<UnitInbox> Hub::openInbox(Id id) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return nullptr;
  OpenStream& stream = found->second;
  auto inbox = std::make_shared<UnitInbox>(stream.live);
  std::erase_if(stream.publishers, [](const auto& weak) { return weak.expired(); });
  stream.publishers.push_back(inbox);
  return inbox;
}

std::shared_ptr<Subscription> Hub::want(Id pipeline, const std::string& path,
                                        std::vector<std::string> feeds) {
  const Id request = nextId();
  Pipeline asker;
  {
    std::lock_guard lock(mutex_);
    asker = lookUp(pipelines_, pipeline);
  }
  auto queue = std::make_shared<FrameQueue>();
  if (!asker.owner) {
    queue->refuse("the pipeline is not known to the hub");
    return queue;
  }
  {
    std::lock_guard lock(mutex_);
    requests_[request] = queue;
  }
  asker.owner->emit(request, Wanted{asker.domain, path, std::move(feeds)});
  // An output may hold the queue as well: what counts is when the taker lets go.
  return {queue.get(), [this, request, queue, owner = asker.owner](Subscription*) {
            {
              std::lock_guard lock(mutex_);
              requests_.erase(request);
            }
            owner->emit(request, Unwanted{});
          }};
}

void Hub::keyFrame(Id stream, KeyFrameSink sink) {
  const LiveStreamRef live = findStream(stream);
  if (!live) return sink(nullptr, nullptr);
  live->post([sink = std::move(sink)](core::Stream& it) { sink(it.epoch(), it.keyFrame()); });
}

}  // namespace io
