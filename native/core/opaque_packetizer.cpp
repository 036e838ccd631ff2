#include "core/opaque_packetizer.hpp"

namespace core {

namespace {
constexpr size_t kMaxPayload = 65535 - 12;  // behind an RTP header, in RTSP's 16 bits of length
}

void OpaquePacketizer::packetize(const Frame& frame, size_t, PayloadList& out) {
  const size_t before = out.size();
  size_t from = 0;
  for (const uint32_t end : frame.packetEnds) {
    if (end < from || end > frame.payload.size()) return;
    const ByteView payload = ByteView(frame.payload).subspan(from, end - from);
    from = end;
    if (payload.size() > kMaxPayload) continue;
    out.open();
    out.add(payload);
  }
  if (frame.marked && out.size() > before) out.mark();
}

}  // namespace core
