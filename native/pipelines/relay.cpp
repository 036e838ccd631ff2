#include "gst/gate.hpp"
#include "pipelines/installed.hpp"
#include "pipelines/parse.hpp"
#include "pipelines/recipes.hpp"
#include "pipelines/relay_errors.hpp"
#include "pipelines/relay_inputs.hpp"
#include "pipelines/relay_loop.hpp"
#include "pipelines/relay_mends.hpp"
#include "pipelines/relay_outputs.hpp"
#include "pipelines/relay_plan.hpp"
#include "pipelines/relay_room.hpp"
#include "pipelines/relay_tracks.hpp"
#include "pipelines/relay_watch.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace pipelines {

namespace {

// The first picture of an AVI has a time, the others have none.
constexpr int kFramesOfFiles = 3;

gst::TrackKind gateKind(core::Kind kind) {
  if (kind == core::Kind::video) return gst::TrackKind::video;
  return kind == core::Kind::audio ? gst::TrackKind::audio : gst::TrackKind::other;
}

GstElement* makeDecoder() {
  GstElement* decoder = gst_element_factory_make("decodebin", nullptr);
  playByItself(decoder);
  return decoder;
}

// Its pad comes when it knows what it decodes to.
void linkLater(GstElement* decoder, GstPad* input) {
  const auto link = [](GstElement*, GstPad* pad, gpointer to) {
    gst_pad_link(pad, static_cast<GstPad*>(to));
  };
  g_signal_connect_object(decoder, "pad-added", G_CALLBACK(+link), input,
                          static_cast<GConnectFlags>(0));
}

// One stream from one place to another.
//
// The input's tracks wait behind their queues until all are known; then the output is made and each
// is led to it: parser, gate, clocksync (what is not live and goes out in real time), decoder and
// encoder where it cannot pass as it is.
class Relay final : public gst::Recipe {
 public:
  explicit Relay(RelaySpec spec)
      : spec_(std::move(spec)),
        errors_(spec_),
        live_(isLive(spec_.input)),
        paused_(spec_.paused),
        watch_(std::make_shared<RelayWatch>()),
        gate_(makeGate()) {}

  Built build(gst::Control& control) override;
  std::shared_ptr<const gst::Meter> meter() const override { return gate_; }

  bool play(GstElement*) override;
  bool pause(GstElement*) override;
  void finish(GstElement* pipeline) override;
  bool tells(GstState state) override;
  void take(GstElement* pipeline, const GstStructure& message) override;
  io::Failed explain(const gst::BusError& error) override {
    return errors_.explain(error, pipeline_);
  }
  bool outlives(const io::Failed& failed) override;

 private:
  gst::GateRef makeGate() const;
  void connectTracks();
  void findOutLive(const std::vector<RelayTrack>& tracks);
  bool seek(core::Micros to);
  bool isPaced() const;
  gst::Pad lead(const TrackPlan& plan, const Output& output);
  std::vector<GstElement*> makeWay(const TrackPlan& plan);
  void tellPlan(const std::vector<TrackPlan>& plans);
  void tellLate(const GstStructure& message);
  void fail(io::Failed failed);
  void beginRound();
  void loseInput();
  void announce();

  const RelaySpec spec_;
  const RelayErrors errors_;
  std::optional<bool> live_;  // empty: not known yet
  bool paused_;
  const std::shared_ptr<RelayWatch> watch_;
  const gst::GateRef gate_;
  gst::Control* control_ = nullptr;
  GstElement* pipeline_ = nullptr;  // which holds this recipe's elements, and outlives them
  RelayTracksRef tracks_;
  std::shared_ptr<RelayLoop> loop_;
  gst::Pad seekPad_;
  bool planned_ = false;
  io::Planned plan_;
  bool inputLost_ = false;
  GstState reached_ = GST_STATE_NULL;
  std::string told_;
};

gst::GateRef Relay::makeGate() const {
  gst::Gate::Options options;
  options.paused = spec_.paused;
  options.duration = spec_.duration;
  options.decodeFromZero = kindOf(spec_.output).taker == std::string_view("flvmux");
  options.onFlowing = [watch = watch_] { watch->gateFlows(); };
  options.onFlushed = [watch = watch_] { watch->inputFlushed(); };
  return std::make_shared<gst::Gate>(std::move(options));
}

Relay::Built Relay::build(gst::Control& control) {
  control_ = &control;
  if (auto fault = findFault(spec_.output)) return std::move(*fault);
  gst::Element pipeline = gst::sink(gst_pipeline_new(nullptr));
  pipeline_ = pipeline.get();
  watch_->setPipeline(pipeline_);
  if (spec_.loop && live_ == false) loop_ = std::make_shared<RelayLoop>(pipeline_);
  const int framesWanted = live_ == false ? kFramesOfFiles : 1;
  tracks_ = std::make_shared<RelayTracks>(pipeline_, framesWanted, loop_);
  if (auto failed = addInput(pipeline_, spec_.input, tracks_))
    return errors_.redact(std::move(*failed));
  return pipeline;
}

bool Relay::play(GstElement*) {
  if (!std::exchange(paused_, false)) return true;
  if (live_ == false) watch_->goOn();
  gate_->play();
  return true;
}

bool Relay::pause(GstElement*) {
  paused_ = true;
  gate_->pause();
  if (live_ == false)
    watch_->rest();
  else
    watch_->gateStops();
  announce();
  return true;
}

// Before there is any media there is nothing to finish.
void Relay::finish(GstElement* pipeline) {
  if (!planned_) {
    gst_element_post_message(pipeline, gst_message_new_eos(GST_OBJECT(pipeline)));
    return;
  }
  gate_->finish();
}

// What is written to a disk is completed without its input; a peer is left at once. Elements of the
// input may tell the same break one after the other.
bool Relay::outlives(const io::Failed& failed) {
  const bool toDisk = std::holds_alternative<FileOutput>(spec_.output) ||
                      std::holds_alternative<HlsOutput>(spec_.output);
  if (!planned_ || !toDisk || failed.side != "input") return false;
  if (!std::exchange(inputLost_, true)) control_->emit(io::InputLost{failed});
  return true;
}

// The pipeline plays all the time, so that no connection rests; what it tells is what the gate
// does.
bool Relay::tells(GstState state) {
  reached_ = state;
  announce();
  return false;
}

void Relay::take(GstElement*, const GstStructure& message) {
  if (gst_structure_has_name(&message, RelayTracks::kTracksKnown)) connectTracks();
  if (gst_structure_has_name(&message, RelayTracks::kTrackLate)) tellLate(message);
  if (gst_structure_has_name(&message, RelayWatch::kFlows)) announce();
  if (gst_structure_has_name(&message, RelayWatch::kFlushed)) loseInput();
  if (gst_structure_has_name(&message, RelayLoop::kRoundOver)) beginRound();
}

void Relay::announce() {
  if (!planned_) return;
  std::string state = told_;
  if (paused_) state = "paused";
  if (!paused_ && reached_ == GST_STATE_PLAYING && watch_->flows()) state = "playing";
  if (std::exchange(told_, state) != state) control_->emit(io::StateChanged{state});
}

void Relay::fail(io::Failed failed) {
  control_->emit(errors_.redact(std::move(failed)));
  gst_element_post_message(pipeline_, gst_message_new_eos(GST_OBJECT(pipeline_)));
}

void Relay::connectTracks() {
  std::vector<RelayTrack> tracks = tracks_->take();
  if (tracks.empty()) return fail(errors_.unreadable("it has no track"));
  seekPad_ = gst::share(tracks.front().pad.get());
  findOutLive(tracks);
  if (spec_.start.count() > 0 && !seek(spec_.start))
    return fail(errors_.unreadable("it cannot begin anywhere but at its beginning"));
  const std::vector<TrackPlan> plans = planTracks(tracks, kindOf(spec_.output));
  if (std::ranges::none_of(plans, [](const TrackPlan& plan) { return plan.pad != nullptr; }))
    return fail(errors_.unreadable("none of its tracks can be passed on with its times"));
  for (const TrackPlan& plan : plans)
    if (const std::string missing = findMissing(plan); !missing.empty())
      return fail(notInstalled(missing, "output"));
  const bool hasAudio = std::ranges::any_of(
      plans, [](const TrackPlan& plan) { return plan.pad && plan.told.kind == core::Kind::audio; });
  auto made = addOutput(pipeline_, spec_.output, hasAudio);
  if (auto* failed = std::get_if<io::Failed>(&made)) return fail(std::move(*failed));
  const auto& output = std::get<Output>(made);
  tellPlan(plans);
  std::vector<gst::Pad> ways(tracks.size());
  for (size_t i = 0; i < tracks.size(); ++i)
    if (plans[i].pad) ways[i] = lead(plans[i], output);
  watch_->watch(output.sink);
  for (GstElement* element : {output.sink, output.taker})
    if (element) gst_element_sync_state_with_parent(element);
  for (size_t i = 0; i < tracks.size(); ++i) tracks[i].join(ways[i].get());
  planned_ = true;
  for (RelayTrack& track : tracks) track.letGo();
  announce();
  beginRound();
}

// HTTP: what has an end is no live stream.
void Relay::findOutLive(const std::vector<RelayTrack>& tracks) {
  gint64 duration = -1;
  const bool hasEnd = gst_pad_query_duration(tracks.front().pad.get(), GST_FORMAT_TIME, &duration);
  if (!live_) live_ = !hasEnd;
  if (hasEnd && !*live_ && spec_.duration.count() == 0 && !spec_.loop)
    plan_.length = core::Micros{duration / GST_USECOND};
  gate_->setLive(*live_);
}

// To the key frame at or before it.
bool Relay::seek(core::Micros to) {
  constexpr auto kFlags = static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT |
                                                    GST_SEEK_FLAG_SNAP_BEFORE);
  GstEvent* event = gst_event_new_seek(1.0, GST_FORMAT_TIME, kFlags, GST_SEEK_TYPE_SET,
                                       to.count() * GST_USECOND, GST_SEEK_TYPE_NONE, -1);
  return gst_pad_send_event(seekPad_.get(), event);
}

void Relay::beginRound() {
  if (!planned_ || !loop_ || !loop_->isOver()) return;
  if (!loop_->goBack([this] { return seek(core::Micros{0}); }))
    fail(errors_.unreadable("it cannot be played again"));
}

void Relay::loseInput() {
  keepDemuxers(pipeline_);
  io::Failed failed = errors_.unreadable("it lost its place in the live stream");
  if (!outlives(failed)) fail(std::move(failed));
}

void Relay::tellPlan(const std::vector<TrackPlan>& plans) {
  plan_.live = live_.value_or(false);
  for (const TrackPlan& plan : plans)
    if (!plan.told.from.empty()) plan_.tracks.push_back(plan.told);
  control_->emit(plan_);
}

void Relay::tellLate(const GstStructure& message) {
  GstCaps* caps = nullptr;
  gst_structure_get(&message, "caps", GST_TYPE_CAPS, &caps, nullptr);
  plan_.tracks.push_back(lateTrack(gst::Caps(caps)));
  control_->emit(plan_);
}

// What is not live by itself goes out in real time, but for a file that becomes another.
bool Relay::isPaced() const {
  if (isLive(spec_.input) == true) return false;
  return schemeOf(spec_.input) != "file" || !std::holds_alternative<FileOutput>(spec_.output);
}

// In their order.
std::vector<GstElement*> Relay::makeWay(const TrackPlan& plan) {
  std::vector<GstElement*> way;
  const auto addLine = [&](const std::string& line) {
    if (line.empty()) return;
    way.push_back(gst_parse_bin_from_description(line.c_str(), TRUE, nullptr));
  };
  addLine(plan.parser);
  way.push_back(gate_->addTrack(gateKind(plan.told.kind)));
  // A muxer waits for the track that it takes next. Where this one comes to a gate that waits for a
  // picture, as after a pause, the pictures must come to theirs, and must not stand in the muxer.
  if (live_ == true) way.push_back(makeQueue());
  // The same where the output lets nothing in, not even an event, before all tracks have begun.
  if (live_ == false && kindOf(spec_.output).name == std::string_view("rtsp"))
    way.push_back(makeStep());
  if (isPaced()) {
    way.push_back(gst_element_factory_make("clocksync", nullptr));
    watch_->pace(way.back());
  }
  if (plan.decoded) way.push_back(makeDecoder());
  addLine(plan.encoder);
  if (!plan.encoder.empty() && plan.told.kind == core::Kind::audio)
    leaveOutPriming(elementOf(way.back(), kAudioEncoder).get());
  return way;
}

// All behind a track, up to the output; gives where it begins. nullptr: the output does not take
// it.
gst::Pad Relay::lead(const TrackPlan& plan, const Output& output) {
  const std::vector<GstElement*> way = makeWay(plan);
  gst::Pad from;
  GstElement* last = nullptr;
  for (GstElement* element : way) {
    gst_bin_add(GST_BIN(pipeline_), element);
    const gst::Pad input = gst::adopt(gst_element_get_static_pad(element, "sink"));
    if (from)
      gst_pad_link(from.get(), input.get());
    else if (last)
      linkLater(last, input.get());
    from = gst::adopt(gst_element_get_static_pad(element, "src"));
    last = element;
  }
  if (output.kind.name == std::string_view("srt")) unmarkHeaders(from.get());
  if (output.kind.taker == std::string_view("flvmux")) keepTagsInFront(from.get());
  const gst::Pad taken = gst::adopt(gst_element_request_pad_simple(output.taker, plan.pad));
  if (!taken || gst_pad_link(from.get(), taken.get()) != GST_PAD_LINK_OK) return nullptr;
  // Before the output, which may send the pipeline back to PAUSED until it has got something.
  std::for_each(way.rbegin(), way.rend(), gst_element_sync_state_with_parent);
  return gst::adopt(gst_element_get_static_pad(way.front(), "sink"));
}

}  // namespace

RecipePtr makeRecipe(RelaySpec spec) { return std::make_unique<Relay>(std::move(spec)); }

}  // namespace pipelines
