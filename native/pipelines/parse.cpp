#include "pipelines/parse.hpp"

namespace pipelines {

gst::Recipe::Built parseLaunch(const std::string& line) {
  GError* made = nullptr;
  // Both may come back, an error and a half-built element: each gets its owner first.
  gst::Element element = gst::sink(gst_parse_launch(line.c_str(), &made));
  const gst::Error error(made);
  if (error) return gst::syntaxError(*error);
  if (!element) return io::Failed{"PIPELINE_SYNTAX", "The launch line is empty", ""};
  if (GST_IS_PIPELINE(element.get())) return element;
  // A single element or a bin: it has no bus.
  gst::Element pipeline = gst::sink(gst_pipeline_new(nullptr));
  gst_bin_add(GST_BIN(pipeline.get()), element.get());
  return pipeline;
}

gst::Element elementOf(GstElement* pipeline, const char* name) {
  return gst::adopt(gst_bin_get_by_name(GST_BIN(pipeline), name));
}

GstElement* addElement(GstBin* bin, const char* factory, const char* name) {
  GstElement* element = gst_element_factory_make(factory, name);
  if (!element) return nullptr;
  gst_bin_add(bin, element);  // the bin owns it now
  gst_element_sync_state_with_parent(element);
  return element;
}

}  // namespace pipelines
