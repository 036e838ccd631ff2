#pragma once

#include "gst/ref.hpp"
#include "io/event.hpp"

#include <string>
#include <string_view>

namespace gst {

// `text` with `user:password@` cut out of every URL in it.
std::string withoutCredentials(std::string_view text);

// A sentence as ours are: no credentials, no full stop.
std::string sentence(std::string_view text);

io::Failed syntaxError(const GError& error);

// What an error message on the bus tells: PIPELINE_ERROR, its text, and its debug detail.
struct BusError {
  explicit BusError(GstMessage* message);
  bool is(GQuark domain, int code) const { return g_error_matches(error.get(), domain, code); }

  Error error;
  Object<GstObject> source;
  io::Failed failed;
};

}  // namespace gst
