#include "core/packetizer.hpp"

#include "core/aac_packetizer.hpp"
#include "core/av1_packetizer.hpp"
#include "core/framed_audio.hpp"
#include "core/jpeg_packetizer.hpp"
#include "core/mpeg4_video.hpp"
#include "core/nal_packetizer.hpp"
#include "core/opaque_packetizer.hpp"
#include "core/vpx.hpp"
#include "core/whole_packets.hpp"

namespace core {

namespace {
std::unique_ptr<Packetizer> make(const H264Parameters& parameters) {
  return std::make_unique<NalPacketizer>(parameters);
}
std::unique_ptr<Packetizer> make(const H265Parameters& parameters) {
  return std::make_unique<NalPacketizer>(parameters);
}
std::unique_ptr<Packetizer> make(const AacParameters&) { return std::make_unique<AacPacketizer>(); }
std::unique_ptr<Packetizer> make(const Vp8Parameters&) { return vpx::makeVp8Packetizer(); }
std::unique_ptr<Packetizer> make(const Vp9Parameters&) { return vpx::makeVp9Packetizer(); }
std::unique_ptr<Packetizer> make(const Av1Parameters&) { return std::make_unique<Av1Packetizer>(); }
std::unique_ptr<Packetizer> make(const JpegParameters&) {
  return std::make_unique<JpegPacketizer>();
}
std::unique_ptr<Packetizer> make(const Mpeg4VideoParameters& parameters) {
  return mpeg4::makePacketizer(parameters);
}
std::unique_ptr<Packetizer> make(const OpusParameters&) {
  return std::make_unique<WholePacketPacketizer>();
}
std::unique_ptr<Packetizer> make(const PcmParameters&) {
  return std::make_unique<WholePacketPacketizer>();
}
std::unique_ptr<Packetizer> make(const MpegAudioParameters&) {
  return std::make_unique<FramedAudioPacketizer>(kMpegAudioFormat);
}
std::unique_ptr<Packetizer> make(const Ac3Parameters&) {
  return std::make_unique<FramedAudioPacketizer>(kAc3Format);
}
// There is no payload format for it: no packets.
std::unique_ptr<Packetizer> make(const FlacParameters&) {
  return std::make_unique<OpaquePacketizer>();
}
std::unique_ptr<Packetizer> make(const OpaqueParameters&) {
  return std::make_unique<OpaquePacketizer>();
}
}  // namespace

std::unique_ptr<Packetizer> makePacketizer(const Track& track) {
  return std::visit([](const auto& parameters) { return make(parameters); }, track.parameters);
}

}  // namespace core
