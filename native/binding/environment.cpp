#include "binding/environment.hpp"

#include "binding/from_js.hpp"

#include <map>
#include <string>
#include <utility>

namespace binding {

namespace {
// The same word, for whom it may be meant.
struct Order {
  void (gst::Pipeline::*pipeline)();
  void (io::RtmpOutput::*rtmp)();
  void (io::RingOutput::*ring)();
};
}  // namespace

Environment::Environment(Napi::Env env) : env_(env) {
  io::Hub::instance().hold();
  env.AddCleanupHook([this] { shutDown(); });
}

void Environment::open(Napi::Function onEvents) {
  if (queue_) throw Napi::Error::New(env_, "Expected open() to be called once");
  queue_ = std::make_shared<EventQueue>(env_, onEvents, blocks_, [this](io::Id id) { ended(id); });
  owner_ = std::make_shared<io::Owner>(
      [queue = queue_](io::Id id, io::Event event) { queue->emit(id, std::move(event)); });
}

const io::OwnerRef& Environment::owner() {
  if (!owner_) throw Napi::Error::New(env_, "Expected open() to be called first");
  return owner_;
}

void Environment::opened(io::Id id) {
  open_.insert(id);
  queue_->hold(env_);
}

void Environment::ended(io::Id id) {
  open_.erase(id);
  pipelines_.ended(id);
}

io::Id Environment::start(Reader& spec) { return pipelines_.start(spec, owner()); }

void Environment::command(io::Id id, Reader& command) {
  const std::string type = command.text("type");
  if (type == "refuse") return io::Hub::instance().refuse(id, command.text("reason"));
  if (type == "accept")
    return io::Hub::instance().acceptOffer(id, static_cast<io::Id>(command.number("stream")));
  if (type == "add" || type == "remove") return commandReader(id, type, command);
  if (type == "publish")
    return io::Hub::instance().publishRtmp(id, static_cast<io::Id>(command.number("stream")));
  if (type == "expect") {
    const bool video = command.boolean("video");
    return io::Hub::instance().expectRtmp(id, video, command.boolean("audio"));
  }
  if (type == "read") return readConnection(id, command);
  if (type == "write") return writeBytes(id, command);
  if (type == "check") return checkProgress(id, command);
  if (type == "place") return io::Hub::instance().place(id, readRtpStarts(command));
  command.done();
  static const std::map<std::string, Order> orders{
      {"play", {&gst::Pipeline::play, &io::RtmpOutput::play, &io::RingOutput::play}},
      {"pause", {&gst::Pipeline::pause, &io::RtmpOutput::pause, &io::RingOutput::pause}},
      {"finish", {&gst::Pipeline::finish, &io::RtmpOutput::finish, nullptr}}};
  const auto order = orders.find(type);
  if (order == orders.end())
    refuse(env_, "command.type",
           "play, pause, finish, accept, refuse, add, remove, read, write, check, place, publish "
           "or expect",
           Napi::String::New(env_, type));
  if (gst::Pipeline* pipeline = pipelines_.find(id))
    (pipeline->*order->second.pipeline)();
  else if (const auto rtmp = io::Hub::instance().findRtmp(id))
    ((*rtmp).*order->second.rtmp)();
  else if (type == "finish")
    return;
  else if (const auto ring = io::Hub::instance().findRing(id))
    ((*ring).*order->second.ring)();
  else
    io::Hub::instance().setPaused(id, type == "pause");
}

void Environment::commandReader(io::Id output, const std::string& type, Reader& command) {
  const auto reader = static_cast<uint32_t>(command.number("reader"));
  const auto udp = io::Hub::instance().findUdp(output);
  if (type == "add") {
    io::UdpJoin join = readUdpJoin(command);
    if (udp) udp->add(reader, std::move(join));
  } else if (udp) {
    udp->remove(reader);
  }
  command.done();
}

void Environment::readConnection(io::Id ingest, Reader& command) {
  const auto fd = static_cast<int>(command.number("fd"));
  command.done();
  io::Hub::instance().read(ingest, fd);
}

void Environment::writeBytes(io::Id output, Reader& command) {
  core::Bytes bytes = command.bytes("bytes");
  command.done();
  if (const auto rtmp = io::Hub::instance().findRtmp(output)) rtmp->write(std::move(bytes));
}

void Environment::checkProgress(io::Id output, Reader& command) {
  const core::Micros patience = command.micros("patienceUs");
  command.done();
  if (const auto rtmp = io::Hub::instance().findRtmp(output)) rtmp->check(patience);
}

void Environment::shutDown() {
  if (owner_) owner_->leave();
  if (queue_) queue_->close();
  for (const io::Id id : open_) io::Hub::instance().close(id);
  pipelines_.stopAll();
  io::Hub::instance().letGo();
}

}  // namespace binding
