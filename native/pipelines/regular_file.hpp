#pragma once

#include "io/event.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pipelines {

// FILE_UNREADABLE, with the system's words. Asked before GStreamer, which says less.
io::Failed unreadable(const std::string& location, const std::string& why);
std::optional<io::Failed> findFault(const std::string& location);

bool beginsWith(const std::string& location, std::string_view bytes);

}  // namespace pipelines
