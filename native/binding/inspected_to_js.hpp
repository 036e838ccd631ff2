#pragma once

#include "binding/event_queue.hpp"
#include "binding/fields.hpp"

// What native events of IngestSpec.inspect look like in JavaScript. JS thread.
namespace binding {

void fill(Fields& fields, const io::PacketSeen& event, BlockTable& blocks);
void fill(Fields& fields, const io::UnitSeen& event, BlockTable& blocks);
void fill(Fields& fields, const io::ReportSeen& event, BlockTable& blocks);
void fill(Fields& fields, const io::BrokenReportSeen& event, BlockTable& blocks);
void fill(Fields& fields, const io::StraySeen& event, BlockTable& blocks);
void fill(Fields& fields, const io::ParametersSeen& event, BlockTable& blocks);

}  // namespace binding
