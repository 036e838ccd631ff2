#include "gst/message.hpp"

namespace gst {

namespace {

// Where the authority of a URL can end: RFC 3986 section 3.2, and what texts put around URLs.
constexpr std::string_view kAuthorityEnd = "/?# \t\n\"'<>";

}  // namespace

std::string withoutCredentials(std::string_view text) {
  std::string out;
  for (size_t scheme; (scheme = text.find("://")) != text.npos;) {
    const size_t start = scheme + 3;
    out += text.substr(0, start);
    text.remove_prefix(start);
    // The last `@` counts: people write passwords that contain one without encoding it.
    const size_t at = text.substr(0, text.find_first_of(kAuthorityEnd)).rfind('@');
    if (at != text.npos) text.remove_prefix(at + 1);
  }
  return out += text;
}

std::string sentence(std::string_view text) {
  while (!text.empty() && (text.back() == '.' || text.back() == '\n')) text.remove_suffix(1);
  return withoutCredentials(text);
}

io::Failed syntaxError(const GError& error) {
  return {"PIPELINE_SYNTAX", sentence(error.message), ""};
}

BusError::BusError(GstMessage* message) {
  source = share(GST_MESSAGE_SRC(message));
  GError* made = nullptr;
  gchar* madeDetail = nullptr;
  gst_message_parse_error(message, &made, &madeDetail);
  error.reset(made);
  const String detail(madeDetail);
  failed = {"PIPELINE_ERROR", sentence(made ? made->message : "The pipeline failed"),
            withoutCredentials(detail ? detail.get() : "")};
}

}  // namespace gst
