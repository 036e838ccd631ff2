#pragma once

#include <gst/gst.h>

#include <cassert>
#include <memory>

// Owning pointers for what GLib and GStreamer count or free. A raw pointer of theirs never owns and
// never outlives the call it came from. How a pointer gets an owner says what C's documentation
// says:
//   adopt(p)  transfer full: the reference is ours already
//   share(p)  transfer none: somebody else's; we take a reference of our own
//   sink(p)   floating: nobody's yet
namespace gst {

template <auto release>
struct Released {
  template <typename T>
  void operator()(T* pointer) const noexcept {
    release(pointer);
  }
};

template <typename T, auto release>
using Holder = std::unique_ptr<T, Released<release>>;

template <typename T>
using Object = Holder<T, gst_object_unref>;

using Element = Object<GstElement>;
using Bus = Object<GstBus>;
using Pad = Object<GstPad>;
using Clock = Object<GstClock>;

// gst_caps_unref() and its like are static in C: types made with them could not be shared by files.
struct MiniObjectReleased {
  template <typename T>
  void operator()(T* pointer) const noexcept {
    gst_mini_object_unref(GST_MINI_OBJECT_CAST(pointer));
  }
};

template <typename T>
using MiniObject = std::unique_ptr<T, MiniObjectReleased>;

using Buffer = MiniObject<GstBuffer>;
using Caps = MiniObject<GstCaps>;
using Event = MiniObject<GstEvent>;
using Message = MiniObject<GstMessage>;
using Sample = MiniObject<GstSample>;

using ClockId = Holder<void, gst_clock_id_unref>;
using Iterator = Holder<GstIterator, gst_iterator_free>;
using Error = Holder<GError, g_error_free>;
using String = Holder<gchar, g_free>;
using Source = Holder<GSource, g_source_unref>;
using MainContext = Holder<GMainContext, g_main_context_unref>;
using MainLoop = Holder<GMainLoop, g_main_loop_unref>;

template <typename T>
Object<T> adopt(T* pointer) {
  assert(!pointer || !g_object_is_floating(pointer));
  return Object<T>(pointer);
}

template <typename T>
Object<T> share(T* pointer) {
  return Object<T>(pointer ? static_cast<T*>(gst_object_ref(pointer)) : nullptr);
}

template <typename T>
Object<T> sink(T* pointer) {
  return Object<T>(pointer ? static_cast<T*>(gst_object_ref_sink(pointer)) : nullptr);
}

}  // namespace gst
