#include "pipelines/installed.hpp"

#include "gst/ref.hpp"

namespace pipelines {

bool isInstalled(const char* element) {
  return gst::adopt(gst_element_factory_find(element)) != nullptr;
}

io::Failed notInstalled(const std::string& element, const std::string& side) {
  return {side == "input" ? "INPUT_UNREADABLE" : "OUTPUT_REFUSED",
          "GStreamer's element " + element + " is not installed", "", side};
}

}  // namespace pipelines
