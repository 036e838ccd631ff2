// The whole native API, in one place. lib/native/binding.ts is its mirror; above every method
// stands its signature there.
#include "binding/environment.hpp"
#include "binding/from_js.hpp"
#include "binding/lending.hpp"
#include "binding/napi.hpp"
#include "binding/stats_to_js.hpp"
#include "gst/elements.hpp"
#include "io/socket.hpp"

#include <gst/gst.h>
#include <malloc.h>

#include <mutex>

namespace binding {
namespace {

constexpr int kMmapThreshold = 256 * 1024;

class Addon : public Napi::Addon<Addon> {
 public:
  Addon(Napi::Env env, Napi::Object exports) : environment_(env) {
    static std::once_flag once;
    std::call_once(once, [] {
      // Segments come and go by the megabyte; left to grow, the threshold would put them into heaps
      // that never shrink (measured: 15 % more memory with 40 cameras).
      mallopt(M_MMAP_THRESHOLD, kMmapThreshold);
      gst_init(nullptr, nullptr);
      gst::registerElements();
    });
    DefineAddon(exports, {
                             InstanceMethod("open", &Addon::open),
                             InstanceMethod("openStream", &Addon::openStream),
                             InstanceMethod("closeStream", &Addon::close),
                             InstanceMethod("openIngest", &Addon::openIngest),
                             InstanceMethod("feed", &Addon::feed),
                             InstanceMethod("closeIngest", &Addon::close),
                             InstanceMethod("openOutput", &Addon::openOutput),
                             InstanceMethod("closeOutput", &Addon::close),
                             InstanceMethod("start", &Addon::start),
                             InstanceMethod("command", &Addon::command),
                             InstanceMethod("stop", &Addon::stop),
                             InstanceMethod("lend", &Addon::lend),
                             InstanceMethod("release", &Addon::release),
                             InstanceMethod("send", &Addon::send),
                             InstanceMethod("listen", &Addon::listen),
                             InstanceMethod("tcpInfo", &Addon::tcpInfo),
                             InstanceMethod("streamStats", &Addon::streamStats),
                             InstanceMethod("pipelineStats", &Addon::pipelineStats),
                             InstanceMethod("stats", &Addon::stats),
                             InstanceMethod("version", &Addon::version),
                         });
  }

 private:
  using Info = const Napi::CallbackInfo&;

  // open(onEvents: (events: NativeEvent[]) => void): void
  void open(Info info) {
    if (!info[0].IsFunction()) refuse(info.Env(), "onEvents", "a function", info[0]);
    environment_.open(info[0].As<Napi::Function>());
  }

  // openStream(spec: StreamSpec | PlayableSpec): Id
  Napi::Value openStream(Info info) {
    Reader spec(info[0], "spec");
    return opened(info, openStreamOf(spec, environment_.owner()));
  }

  // closeStream(id: Id): void
  // closeIngest(id: Id): void
  // closeOutput(id: Id): void
  void close(Info info) { io::Hub::instance().close(readId(info, 0, "id")); }

  // openIngest(spec: IngestSpec): Id
  Napi::Value openIngest(Info info) {
    Reader spec(info[0], "spec");
    return opened(info, openIngestOf(spec, environment_.owner()));
  }

  // feed(ingest: Id, buffer: Uint8Array, length: number): boolean
  Napi::Value feed(Info info) {
    const io::Id ingest = readId(info, 0, "ingest");
    if (!info[1].IsTypedArray()) refuse(info.Env(), "buffer", "a Uint8Array", info[1]);
    const auto buffer = info[1].As<Napi::Uint8Array>();
    const uint32_t length = readId(info, 2, "length");
    if (length > buffer.ByteLength())
      refuse(info.Env(), "length", "at most the buffer's length", info[2]);
    const bool room = io::Hub::instance().feed(ingest, {buffer.Data(), length});
    return Napi::Boolean::New(info.Env(), room);
  }

  // openOutput(spec: OutputSpec): Id
  Napi::Value openOutput(Info info) {
    Reader spec(info[0], "spec");
    return opened(info, openOutputOf(spec, environment_.owner()));
  }

  // start(spec: PipelineSpec): Id
  Napi::Value start(Info info) {
    Reader spec(info[0], "spec");
    return opened(info, environment_.start(spec));
  }

  // command(id: Id, command: Command): void
  void command(Info info) {
    const io::Id id = readId(info, 0, "id");
    Reader command(info[1], "command");
    environment_.command(id, command);
  }

  // stop(id: Id): void
  void stop(Info info) { environment_.pipelines().stop(readId(info, 0, "id")); }

  // lend(request: LendRequest): NativeBlock[] | undefined
  Napi::Value lend(Info info) {
    Reader request(info[0], "request");
    return binding::lend(request, environment_.blocks());
  }

  // release(ids: Id[]): void
  void release(Info info) {
    if (!info[0].IsArray()) refuse(info.Env(), "ids", "an array", info[0]);
    const auto ids = info[0].As<Napi::Array>();
    for (uint32_t index = 0; index < ids.Length(); ++index)
      environment_.blocks().release(ids.Get(index).ToNumber().Uint32Value());
  }

  // send(block: Id, fd: number): number
  Napi::Value send(Info info) {
    const core::BlockRef block = environment_.blocks().find(readId(info, 0, "block"));
    const auto fd = static_cast<int>(readId(info, 1, "fd"));
    const size_t sent = block ? io::sendNow(fd, block->bytes()) : 0;
    return Napi::Number::New(info.Env(), static_cast<double>(sent));
  }

  // listen(spec: ListenSpec): Listener
  Napi::Value listen(Info info) {
    Reader spec(info[0], "spec");
    const auto listener = io::listen(readListenSpec(spec));
    if (!listener) throwSystemError(info.Env(), listener.reason().text);
    return Fields(info.Env()).set("fd", listener->fd).set("port", listener->port).object();
  }

  // tcpInfo(fd: number): TcpInfo | undefined
  Napi::Value tcpInfo(Info info) {
    const auto tcp = io::tcpInfo(static_cast<int>(readId(info, 0, "fd")));
    if (!tcp) return info.Env().Undefined();
    return Fields(info.Env())
        .set("rttUs", tcp->rttUs)
        .set("unsentBytes", tcp->unsentBytes)
        .set("unackedBytes", tcp->unackedBytes)
        .object();
  }

  // streamStats(id: Id): StreamStats | undefined
  Napi::Value streamStats(Info info) {
    const auto stats = io::Hub::instance().streamStats(readId(info, 0, "id"));
    if (!stats) return info.Env().Undefined();
    return statsToJs(info.Env(), *stats);
  }

  // pipelineStats(id: Id): PipelineStats | undefined
  Napi::Value pipelineStats(Info info) {
    const io::Id id = readId(info, 0, "id");
    if (const auto rtmp = io::Hub::instance().findRtmp(id))
      return statsToJs(info.Env(), rtmp->stats());
    const gst::Pipeline* pipeline = environment_.pipelines().find(id);
    const gst::Meter* meter = pipeline ? pipeline->meter().get() : nullptr;
    return meter ? statsToJs(info.Env(), meter->stats()) : info.Env().Undefined();
  }

  // stats(): ProcessStats
  Napi::Value stats(Info info) {
    return statsToJs(info.Env(), io::Hub::instance().stats(), environment_.blocks());
  }

  // version(): NativeVersion
  Napi::Value version(Info info) {
    guint major;
    guint minor;
    guint micro;
    guint nano;
    gst_version(&major, &minor, &micro, &nano);
    const std::string gstreamer =
        std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(micro);
    return Fields(info.Env()).set("sluice", SLUICE_VERSION).set("gstreamer", gstreamer).object();
  }

  // What was opened keeps the event loop alive until its last event.
  Napi::Value opened(Info info, io::Id id) {
    environment_.opened(id);
    return Napi::Number::New(info.Env(), id);
  }

  Environment environment_;
};

}  // namespace

NODE_API_ADDON(Addon)

}  // namespace binding
