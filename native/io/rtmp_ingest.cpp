#include "io/rtmp_ingest.hpp"

#include <utility>

namespace io {

bool RtmpIngest::feed(core::ByteView bytes) {
  if (isBroken_ || reader_.push(bytes)) return true;
  isBroken_ = true;
  owner_->emit(id_, Broken{reader_.reason()});
  return true;
}

void RtmpIngest::close() { owner_->emit(id_, Closed{}); }

// Media that nobody asked for is nobody's.
void RtmpIngest::message(const core::rtmp::Message& message) {
  using namespace core::rtmp;
  if (message.type == kAudio || message.type == kVideo || message.type == kAggregate) return;
  owner_->emit(id_, RtmpMessage{message.type,
                                message.stream,
                                message.timestamp,
                                {message.payload.begin(), message.payload.end()}});
}

}  // namespace io
