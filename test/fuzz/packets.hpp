#pragma once

#include "core/depacketizer.hpp"
#include "fuzz/input.hpp"

namespace core {

// Feeds what the fuzzer made up as RTP packets: a byte of flags (1 marker, 2 a packet is lost
// before it, 4 time goes on, 8 a gap nobody counted, 16 another source, 32 with an
// extension: its size in a byte, its bytes), a size, a payload.
inline void pushPackets(Input& input, Depacketizer& depacketizer) {
  RtpPacket packet;
  packet.ssrc = 1;
  while (!input.empty()) {
    const uint8_t flags = input.byte();
    packet.marker = flags & 1;
    packet.sequence = static_cast<uint16_t>(packet.sequence + (flags & 2 ? 2 : 1));
    if (flags & 4) packet.timestamp += 3000;
    if (flags & 8) depacketizer.gap();
    packet.ssrc = flags & 16 ? 2 : 1;
    packet.extensionProfile = flags & 32 ? 0xffd8 : 0;
    packet.extension = flags & 32 ? input.bytes(input.byte()) : ByteView{};
    packet.payload = input.bytes(input.word());
    depacketizer.push(packet);
  }
}

}  // namespace core
