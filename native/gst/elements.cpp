#include "gst/elements.hpp"

#include "gst/hubsink.hpp"
#include "gst/hubsrc.hpp"
#include "gst/presenter.hpp"

#include <functional>

namespace gst {

namespace {

constexpr const char* kHubPipeline = "hub-pipeline";

bool isHubSink(GstElement* element) { return G_TYPE_CHECK_INSTANCE_TYPE(element, hubSinkType()); }

bool isHubElement(GstElement* element) {
  return isHubSink(element) || G_TYPE_CHECK_INSTANCE_TYPE(element, hubSrcType());
}

void tie(GstElement* element, guint id) {
  if (isHubElement(element)) g_object_set(element, kHubPipeline, id, nullptr);
}

void tieAdded(GstBin*, GstBin*, GstElement* element, gpointer id) {
  tie(element, GPOINTER_TO_UINT(id));
}

using Visit = std::function<void(GstElement*)>;

void forEachElement(GstElement* bin, const Visit& visit) {
  const Iterator elements(gst_bin_iterate_recurse(GST_BIN(bin)));
  const GstIteratorForeachFunction call = [](const GValue* item, gpointer data) {
    (*static_cast<const Visit*>(data))(GST_ELEMENT(g_value_get_object(item)));
  };
  // A bin that changes meanwhile is gone through again; what is done to elements may be done twice.
  while (gst_iterator_foreach(elements.get(), call, const_cast<Visit*>(&visit)) ==
         GST_ITERATOR_RESYNC)
    gst_iterator_resync(elements.get());
}

std::string pathOf(GstElement* hubsink) {
  gchar* path = nullptr;
  g_object_get(hubsink, "path", &path, nullptr);
  const String held(path);
  return held ? held.get() : "";
}

Element topOf(GstElement* element) {
  Element top = share(element);
  while (GstObject* parent = gst_object_get_parent(GST_OBJECT(top.get())))
    top = adopt(GST_ELEMENT(parent));
  return top;
}

}  // namespace

void registerElements() {
  gst_element_register(nullptr, "hubsink", GST_RANK_NONE, hubSinkType());
  gst_element_register(nullptr, "hubsrc", GST_RANK_NONE, hubSrcType());
  gst_element_register(nullptr, "presenter", GST_RANK_NONE, presenterType());
}

void tieToHub(GstElement* pipeline, uint32_t id) {
  g_signal_connect(pipeline, "deep-element-added", G_CALLBACK(tieAdded), GUINT_TO_POINTER(id));
  forEachElement(pipeline, [id](GstElement* element) { tie(element, id); });
}

void setDefaultPath(GstElement* pipeline, const std::string& path) {
  forEachElement(pipeline, [&path](GstElement* element) {
    if (isHubSink(element) && pathOf(element).empty())
      g_object_set(element, "path", path.c_str(), nullptr);
  });
}

std::vector<std::string> feedsOf(GstElement* element) {
  const Element top = topOf(element);
  std::vector<std::string> feeds;
  if (!GST_IS_BIN(top.get())) return feeds;
  forEachElement(top.get(), [&feeds](GstElement* it) {
    if (isHubSink(it)) feeds.push_back(pathOf(it));
  });
  return feeds;
}

}  // namespace gst
