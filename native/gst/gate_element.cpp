#include "gst/gate_element.hpp"

#include "gst/gate.hpp"
#include "gst/lost_frames.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <utility>

namespace {

using namespace std::chrono_literals;
using gst::GateFrame;
using gst::Judgement;
using gst::Nanos;
using gst::Verdict;

// Room for decode times before the first presentation.
constexpr GstClockTime kOrigin = GST_SECOND * 3600;
// What may wait for a key frame.
constexpr Nanos kHeldSpan = 2s;
constexpr size_t kHeldFrames = 1'000;

// One track of a gate: what stands behind its element. All but end() and interrupt(), which any
// thread may call, under the sink pad's stream lock.
class Lane {
 public:
  Lane(gst::GateRef gate, size_t track, GstPad* src)
      : gate_(std::move(gate)), track_(track), src_(src) {
    forget();
  }

  GstFlowReturn chain(gst::Buffer buffer);
  bool event(GstPad* sink, GstObject* element, gst::Event event);
  void end();
  void interrupt() { gate_->setInterrupted(track_, true); }
  void resume() { gate_->setInterrupted(track_, false); }
  void forget();

 private:
  struct Held {
    gst::Buffer buffer;
    GateFrame frame;
  };

  std::optional<Nanos> runningTime(GstClockTime time) const;
  Nanos streamTime(GstClockTime time) const;
  GateFrame frameOf(GstBuffer* buffer) const;
  GstFlowReturn decide();
  GstFlowReturn obey(const Judgement& judgement, Held held);
  GstFlowReturn pass(const Judgement& judgement, Held held);
  GstFlowReturn push(gst::Buffer buffer);
  void trim();
  void throwHeldAway();
  void takeSegment(GstEvent* event);
  void takeGap(GstEvent* event);

  const gst::GateRef gate_;
  const size_t track_;
  GstPad* const src_;  // owned by the element
  GstSegment segment_{};
  bool hasSegment_ = false;  // downstream has ours
  Nanos film_{0};  // where in the film what has passed of this segment ends
  std::deque<Held> held_;
  std::atomic<bool> ended_{false};
};

GstClockTime outputTime(Nanos time) {
  return static_cast<GstClockTime>(static_cast<gint64>(kOrigin) + time.count());
}

std::optional<Nanos> Lane::runningTime(GstClockTime time) const {
  if (!GST_CLOCK_TIME_IS_VALID(time)) return std::nullopt;
  guint64 running = 0;
  const int sign = gst_segment_to_running_time_full(&segment_, GST_FORMAT_TIME, time, &running);
  if (sign == 0) return std::nullopt;
  return Nanos(sign * static_cast<int64_t>(running));
}

// 0 where it has none.
Nanos Lane::streamTime(GstClockTime time) const {
  guint64 stream = 0;
  if (!GST_CLOCK_TIME_IS_VALID(time)) return Nanos{0};
  const int sign = gst_segment_to_stream_time_full(&segment_, GST_FORMAT_TIME, time, &stream);
  return sign > 0 ? Nanos(static_cast<int64_t>(stream)) : Nanos{0};
}

GateFrame Lane::frameOf(GstBuffer* buffer) const {
  GateFrame frame;
  frame.key = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  frame.pts = runningTime(GST_BUFFER_PTS(buffer));
  frame.dts = runningTime(GST_BUFFER_DTS(buffer));
  if (GST_BUFFER_DURATION_IS_VALID(buffer)) frame.duration = Nanos(GST_BUFFER_DURATION(buffer));
  return frame;
}

// Vorbis and the like: what a decoder has to know, without a time.
bool isHeader(GstBuffer* buffer) {
  return GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_HEADER) &&
         !GST_BUFFER_PTS_IS_VALID(buffer) && !GST_BUFFER_DTS_IS_VALID(buffer);
}

GstFlowReturn Lane::chain(gst::Buffer buffer) {
  if (isHeader(buffer.get())) return push(std::move(buffer));
  const GateFrame frame = frameOf(buffer.get());
  held_.push_back({std::move(buffer), frame});
  gate_->setBusy(track_, true);
  const GstFlowReturn flow = decide();
  gate_->setBusy(track_, false);
  return flow;
}

// All that is held, in order.
GstFlowReturn Lane::decide() {
  while (!held_.empty()) {
    const gst::Gate::Ruling ruling = gate_->judge(track_, held_.front().frame);
    if (ruling.judgement.verdict == Verdict::hold) {
      if (ruling.live) {
        trim();
        return GST_FLOW_OK;
      }
      if (gate_->awaitChange(track_, ruling.change)) continue;
      held_.clear();
      return GST_FLOW_FLUSHING;
    }
    Held next = std::move(held_.front());
    held_.pop_front();
    const GstFlowReturn flow = obey(ruling.judgement, std::move(next));
    if (flow != GST_FLOW_OK) return flow;
  }
  return GST_FLOW_OK;
}

void Lane::trim() {
  const auto shown = [](const Held& it) {
    return it.frame.pts.value_or(it.frame.dts.value_or(Nanos{0}));
  };
  while (held_.size() > kHeldFrames || shown(held_.back()) - shown(held_.front()) > kHeldSpan) {
    held_.pop_front();
    gate_->thrownAway(track_);
  }
}

void Lane::throwHeldAway() {
  for (; !held_.empty(); held_.pop_front()) gate_->thrownAway(track_);
}

GstFlowReturn Lane::obey(const Judgement& judgement, Held held) {
  switch (judgement.verdict) {
    case Verdict::pass:
      return pass(judgement, std::move(held));
    case Verdict::drop:
      gate_->thrownAway(track_);
      return GST_FLOW_OK;
    case Verdict::end:
      end();
      return GST_FLOW_OK;
    default:
      return GST_FLOW_OK;
  }
}

GstFlowReturn Lane::pass(const Judgement& judgement, Held held) {
  // Pictures come in the order of decoding.
  film_ = std::max(film_, streamTime(GST_BUFFER_PTS(held.buffer.get())) + judgement.duration);
  gst::Buffer timed(gst_buffer_make_writable(held.buffer.release()));  // copies no bytes
  const std::optional<Nanos> pts = held.frame.pts;
  GST_BUFFER_PTS(timed.get()) = pts ? outputTime(*pts - judgement.shift) : GST_CLOCK_TIME_NONE;
  GST_BUFFER_DTS(timed.get()) = judgement.dts ? outputTime(*judgement.dts) : GST_CLOCK_TIME_NONE;
  // Without it, muxers take the last frame of a track for one that lasts no time.
  if (!GST_BUFFER_DURATION_IS_VALID(timed.get()) && judgement.duration > Nanos{0})
    GST_BUFFER_DURATION(timed.get()) = static_cast<GstClockTime>(judgement.duration.count());
  gate_->taken(track_, src_, timed.get(), film_);
  const GstFlowReturn flow = push(std::move(timed));
  if (flow == GST_FLOW_OK && judgement.begins) gate_->flows();
  return flow;
}

GstFlowReturn Lane::push(gst::Buffer buffer) {
  const GstFlowReturn flow = gst_pad_push(src_, buffer.release());
  // A muxer that was waited for answers its last frame in many ways once the end has come.
  return ended_ && flow != GST_FLOW_FLUSHING ? GST_FLOW_OK : flow;
}

void Lane::end() {
  if (!ended_.exchange(true)) gst_pad_push_event(src_, gst_event_new_eos());
}

void Lane::forget() {
  held_.clear();
  gst_segment_init(&segment_, GST_FORMAT_TIME);
  hasSegment_ = false;
  ended_ = false;
}

// Downstream sees one time line without end, whatever comes.
void Lane::takeSegment(GstEvent* event) {
  gst_event_copy_segment(event, &segment_);
  film_ = Nanos{0};
  if (std::exchange(hasSegment_, true)) return;
  GstSegment ours;
  gst_segment_init(&ours, GST_FORMAT_TIME);
  ours.start = ours.position = kOrigin;
  gst_pad_push_event(src_, gst_event_new_segment(&ours));
}

void Lane::takeGap(GstEvent* event) {
  GstClockTime start = GST_CLOCK_TIME_NONE;
  GstClockTime duration = GST_CLOCK_TIME_NONE;
  gst_event_parse_gap(event, &start, &duration);
  GateFrame gap;
  gap.key = false;
  gap.pts = runningTime(start);
  if (!gap.pts || !held_.empty()) return;
  if (GST_CLOCK_TIME_IS_VALID(duration)) gap.duration = Nanos(duration);
  const Judgement judgement = gate_->judge(track_, gap).judgement;
  if (judgement.verdict == Verdict::end) end();
  if (judgement.verdict == Verdict::pass)
    gst_pad_push_event(src_, gst_event_new_gap(outputTime(*gap.pts - judgement.shift), duration));
}

bool Lane::event(GstPad* sink, GstObject* element, gst::Event event) {
  // Behind the end an event fails, and upstream would take that for an error of its media.
  const auto forward = [&] {
    const bool passed = gst_pad_event_default(sink, element, event.release());
    return passed || ended_;
  };
  switch (GST_EVENT_TYPE(event.get())) {
    case GST_EVENT_SEGMENT:
      takeSegment(event.get());
      return true;
    case GST_EVENT_GAP:
      takeGap(event.get());
      return true;
    case GST_EVENT_CAPS:  // what is held was of other caps
      throwHeldAway();
      return forward();
    case GST_EVENT_CUSTOM_DOWNSTREAM:
      gate_->thrownAway(track_, gst::lostIn(event.get()));
      return forward();
    case GST_EVENT_EOS:
      decide();
      throwHeldAway();
      gate_->end(track_);
      end();
      return true;
    case GST_EVENT_FLUSH_START:
      interrupt();
      gate_->flushed();
      return true;
    case GST_EVENT_FLUSH_STOP:
      return true;
    default:
      return forward();
  }
}

// The GObject around Lane.
struct GateElement {
  GstElement parent;
  Lane* lane;  // GObject knows no destructors: freed in finalize
};

struct GateElementClass {
  GstElementClass parent;
};

G_DEFINE_TYPE(GateElement, sluice_gate, GST_TYPE_ELEMENT)

Lane& laneOf(gpointer element) { return *static_cast<GateElement*>(element)->lane; }

GstFlowReturn chain(GstPad*, GstObject* element, GstBuffer* buffer) {
  return laneOf(element).chain(gst::Buffer(buffer));
}

gboolean takeEvent(GstPad* pad, GstObject* element, GstEvent* event) {
  return laneOf(element).event(pad, element, gst::Event(event));
}

gboolean answer(GstPad* pad, GstObject* element, GstQuery* query) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY) return gst_pad_query_default(pad, element, query);
  gst_query_set_latency(query, FALSE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

GstStateChangeReturn changeState(GstElement* element, GstStateChange transition) {
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) laneOf(element).resume();
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) laneOf(element).interrupt();
  const GstStateChangeReturn changed =
      GST_ELEMENT_CLASS(sluice_gate_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) laneOf(element).forget();
  return changed;
}

void finalize(GObject* object) {
  const std::unique_ptr<Lane> lane(&laneOf(object));
  G_OBJECT_CLASS(sluice_gate_parent_class)->finalize(object);
}

GstPad* addPad(GstElement* element, const char* name) {
  GstPadTemplate* padTemplate = gst_element_get_pad_template(element, name);
  GstPad* pad = gst_pad_new_from_template(padTemplate, name);
  GST_PAD_SET_PROXY_CAPS(pad);
  GST_PAD_SET_PROXY_ALLOCATION(pad);
  gst_element_add_pad(element, pad);  // the element owns it now
  return pad;
}

void sluice_gate_init(GateElement* gate) {
  GstPad* sink = addPad(GST_ELEMENT(gate), "sink");
  gst_pad_set_chain_function(sink, chain);
  gst_pad_set_event_function(sink, takeEvent);
  gst_pad_set_query_function(addPad(GST_ELEMENT(gate), "src"), answer);
}

void addTemplate(GstElementClass* elementClass, const char* name, GstPadDirection direction) {
  const gst::Caps any(gst_caps_new_any());
  gst_element_class_add_pad_template(
      elementClass, gst_pad_template_new(name, direction, GST_PAD_ALWAYS, any.get()));
}

void sluice_gate_class_init(GateElementClass* gateClass) {
  G_OBJECT_CLASS(gateClass)->finalize = finalize;
  GstElementClass* elementClass = GST_ELEMENT_CLASS(gateClass);
  elementClass->change_state = changeState;
  addTemplate(elementClass, "sink", GST_PAD_SINK);
  addTemplate(elementClass, "src", GST_PAD_SRC);
  gst_element_class_set_static_metadata(elementClass, "Gate", "Filter",
                                        "Lets media through from a key frame on", "Sluice");
}

}  // namespace

namespace gst {

GstElement* makeGateElement(GateRef gate, size_t track) {
  auto* element = static_cast<GateElement*>(g_object_new(sluice_gate_get_type(), nullptr));
  const Pad src = adopt(gst_element_get_static_pad(GST_ELEMENT(element), "src"));
  element->lane = std::make_unique<Lane>(std::move(gate), track, src.get()).release();
  return GST_ELEMENT(element);
}

void endGateElement(GstElement* element) {
  const GstElementCallAsyncFunc end = [](GstElement* it, gpointer) { laneOf(it).end(); };
  gst_element_call_async(element, end, nullptr, nullptr);
}

}  // namespace gst
