#include "pipelines/url.hpp"

#include "gst/message.hpp"

namespace pipelines {

namespace {

// As it stands when it is not encoded properly: people paste passwords with a `%` in them.
std::string decode(const std::string& text) {
  const gst::String decoded(g_uri_unescape_string(text.c_str(), nullptr));
  return decoded ? decoded.get() : text;
}

}  // namespace

UrlParts splitUrl(const std::string& url) {
  UrlParts parts{gst::withoutCredentials(url), "", ""};
  if (parts.location.size() == url.size()) return parts;
  const size_t start = url.find("://") + 3;
  const std::string userInfo = url.substr(start, url.size() - parts.location.size() - 1);
  const size_t colon = userInfo.find(':');
  parts.user = decode(userInfo.substr(0, colon));
  if (colon != userInfo.npos) parts.password = decode(userInfo.substr(colon + 1));
  return parts;
}

}  // namespace pipelines
