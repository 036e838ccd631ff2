#pragma once

#include "gst/message.hpp"
#include "pipelines/spec.hpp"

#include <string>
#include <vector>

namespace pipelines {

// Puts the errors of a relay's elements into words: on which side, with a code of that side's
// protocol, and without keys and passwords.
class RelayErrors {
 public:
  explicit RelayErrors(const RelaySpec& spec);

  io::Failed explain(const gst::BusError& error, GstElement* pipeline) const;
  // In the input's words.
  io::Failed unreadable(const std::string& why) const;
  // What must not be told, cut out.
  io::Failed redact(io::Failed failed) const;

 private:
  io::Failed refused(io::Failed failed) const;

  std::string inputScheme_, outputName_;
  std::string inputPlace_, outputPlace_;  // as messages name them
  std::vector<std::string> secrets_;
};

}  // namespace pipelines
