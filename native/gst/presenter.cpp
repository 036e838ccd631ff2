#include "gst/presenter.hpp"

#include "core/h264_order.hpp"
#include "core/presentation_time.hpp"
#include "gst/ref.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace {

// Room for decode times before the first presentation.
constexpr GstClockTime kPresenterOrigin = GST_SECOND * 3600;
// Of streams that do not tell it.
constexpr core::Micros kFrameTime{40'000};
constexpr const char* kPresentedFormat = "video/x-h264, stream-format=byte-stream, alignment=au";

// What stands behind the element; under the sink pad's stream lock.
class Presenter {
 public:
  GstFlowReturn take(GstElement* element, gst::Buffer buffer, GstPad* src);
  void giveAll(GstPad* src);
  void forget();

 private:
  core::Result<core::PictureOrder> read(GstBuffer* buffer);
  core::Micros timeOf(const GstBuffer* buffer);
  GstFlowReturn give(GstPad* src);

  struct Held {
    gst::Buffer buffer;
    core::Micros dts;
  };

  core::H264Order order_;
  core::PresentationTime times_;
  std::deque<Held> held_;
  core::Micros next_{0};  // time of a picture that has none
};

core::Micros presenterMicros(GstClockTime time) {
  return std::chrono::duration_cast<core::Micros>(std::chrono::nanoseconds(time));
}

GstClockTime presenterTime(core::Micros time) {
  const auto nanos = static_cast<gint64>(std::chrono::nanoseconds(time).count());
  return static_cast<GstClockTime>(static_cast<gint64>(kPresenterOrigin) + nanos);
}

core::Micros frameDuration(const GstBuffer* buffer) {
  const GstClockTime duration = GST_BUFFER_DURATION(buffer);
  return GST_CLOCK_TIME_IS_VALID(duration) ? presenterMicros(duration) : kFrameTime;
}

core::Result<core::PictureOrder> Presenter::read(GstBuffer* buffer) {
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) return core::Reason{"it cannot be read"};
  auto order = order_.read({map.data, map.size});
  gst_buffer_unmap(buffer, &map);
  return order;
}

core::Micros Presenter::timeOf(const GstBuffer* buffer) {
  const GstClockTime known = GST_BUFFER_DTS_OR_PTS(buffer);
  const core::Micros time = GST_CLOCK_TIME_IS_VALID(known) ? presenterMicros(known) : next_;
  next_ = time + frameDuration(buffer);
  return time;
}

GstFlowReturn refuseOrder(GstElement* element, const core::Reason& reason) {
  GST_ELEMENT_ERROR(element, STREAM, FORMAT,
                    ("The order of its pictures is not understood: %s", reason.text.c_str()),
                    (nullptr));
  return GST_FLOW_ERROR;
}

GstFlowReturn Presenter::take(GstElement* element, gst::Buffer buffer, GstPad* src) {
  const auto order = read(buffer.get());
  if (!order) return refuseOrder(element, order.reason());
  const core::Micros time = timeOf(buffer.get());
  times_.add(*order, time);
  held_.push_back({std::move(buffer), time});
  held_.back().dts -= order->depth * frameDuration(held_.back().buffer.get());
  return give(src);
}

GstFlowReturn Presenter::give(GstPad* src) {
  GstFlowReturn flow = GST_FLOW_OK;
  while (flow == GST_FLOW_OK) {
    const std::optional<core::Micros> pts = times_.next();
    if (!pts) break;
    Held held = std::move(held_.front());
    held_.pop_front();
    gst::Buffer timed(gst_buffer_make_writable(held.buffer.release()));  // copies no bytes
    GST_BUFFER_PTS(timed.get()) = presenterTime(*pts);
    GST_BUFFER_DTS(timed.get()) = presenterTime(held.dts);
    flow = gst_pad_push(src, timed.release());
  }
  return flow;
}

void Presenter::giveAll(GstPad* src) {
  times_.finish();
  give(src);
}

void Presenter::forget() {
  order_ = {};
  times_ = {};
  held_.clear();
  next_ = core::Micros{0};
}

// The GObject around it.
struct PresenterElement {
  GstElement parent;
  GstPad* src;
  Presenter* presenter;  // GObject knows no destructors: freed in finalize
};

struct PresenterElementClass {
  GstElementClass parent;
};

G_DEFINE_TYPE(PresenterElement, sluice_presenter, GST_TYPE_ELEMENT)

PresenterElement& presenterElement(gpointer element) {
  return *static_cast<PresenterElement*>(element);
}

GstFlowReturn chainPicture(GstPad*, GstObject* object, GstBuffer* buffer) {
  PresenterElement& element = presenterElement(object);
  return element.presenter->take(&element.parent, gst::Buffer(buffer), element.src);
}

GstEvent* shiftedSegment(const gst::Event& event) {
  GstSegment segment;
  gst_event_copy_segment(event.get(), &segment);
  segment.start += kPresenterOrigin;
  segment.position += kPresenterOrigin;
  if (GST_CLOCK_TIME_IS_VALID(segment.stop)) segment.stop += kPresenterOrigin;
  GstEvent* made = gst_event_new_segment(&segment);
  gst_event_set_seqnum(made, gst_event_get_seqnum(event.get()));
  return made;
}

gboolean takePresenterEvent(GstPad* pad, GstObject* object, GstEvent* event) {
  PresenterElement& element = presenterElement(object);
  const GstEventType type = GST_EVENT_TYPE(event);
  if (type == GST_EVENT_FLUSH_STOP) element.presenter->forget();
  const bool isBorder =
      type == GST_EVENT_EOS || type == GST_EVENT_CAPS || type == GST_EVENT_SEGMENT;
  if (isBorder) element.presenter->giveAll(element.src);
  if (type != GST_EVENT_SEGMENT) return gst_pad_event_default(pad, object, event);
  return gst_pad_push_event(element.src, shiftedSegment(gst::Event(event)));
}

GstStateChangeReturn changePresenterState(GstElement* object, GstStateChange transition) {
  const GstStateChangeReturn changed =
      GST_ELEMENT_CLASS(sluice_presenter_parent_class)->change_state(object, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) presenterElement(object).presenter->forget();
  return changed;
}

void finalizePresenter(GObject* object) {
  const std::unique_ptr<Presenter> presenter(presenterElement(object).presenter);
  G_OBJECT_CLASS(sluice_presenter_parent_class)->finalize(object);
}

GstPad* addPresenterPad(GstElement* element, const char* name) {
  GstPad* pad = gst_pad_new_from_template(gst_element_get_pad_template(element, name), name);
  GST_PAD_SET_PROXY_CAPS(pad);
  gst_element_add_pad(element, pad);  // the element owns it now
  return pad;
}

void sluice_presenter_init(PresenterElement* element) {
  element->presenter = std::make_unique<Presenter>().release();
  GstPad* sink = addPresenterPad(&element->parent, "sink");
  gst_pad_set_chain_function(sink, chainPicture);
  gst_pad_set_event_function(sink, takePresenterEvent);
  element->src = addPresenterPad(&element->parent, "src");
}

void addPresenterTemplate(GstElementClass* elementClass, const char* name,
                          GstPadDirection direction) {
  const gst::Caps format(gst_caps_from_string(kPresentedFormat));
  gst_element_class_add_pad_template(
      elementClass, gst_pad_template_new(name, direction, GST_PAD_ALWAYS, format.get()));
}

void sluice_presenter_class_init(PresenterElementClass* presenterClass) {
  G_OBJECT_CLASS(presenterClass)->finalize = finalizePresenter;
  GstElementClass* elementClass = GST_ELEMENT_CLASS(presenterClass);
  elementClass->change_state = changePresenterState;
  addPresenterTemplate(elementClass, "sink", GST_PAD_SINK);
  addPresenterTemplate(elementClass, "src", GST_PAD_SRC);
  gst_element_class_set_static_metadata(elementClass, "Presenter", "Filter/Video",
                                        "Gives H.264 its presentation times", "Sluice");
}

}  // namespace

namespace gst {

GType presenterType() { return sluice_presenter_get_type(); }

}  // namespace gst
