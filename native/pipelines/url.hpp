#pragma once

#include <string>

namespace pipelines {

// A URL and what was cut out of it; user and password are decoded (RFC 3986 section 2.1).
struct UrlParts {
  std::string location;
  std::string user;
  std::string password;
};

UrlParts splitUrl(const std::string& url);

}  // namespace pipelines
