#pragma once

#include "io/event.hpp"

#include <string>

namespace pipelines {

bool isInstalled(const char* element);

// Why nothing can be done without it. `side` as in io::Failed: that of the element.
io::Failed notInstalled(const std::string& element, const std::string& side);

}  // namespace pipelines
