#include "core/packetizer.hpp"

#include "core/aac_packetizer.hpp"
#include "core/nal_packetizer.hpp"
#include "core/opaque_packetizer.hpp"

namespace core {

namespace {
std::unique_ptr<Packetizer> make(const H264Parameters& parameters) {
  return std::make_unique<NalPacketizer>(parameters);
}
std::unique_ptr<Packetizer> make(const H265Parameters& parameters) {
  return std::make_unique<NalPacketizer>(parameters);
}
std::unique_ptr<Packetizer> make(const AacParameters&) { return std::make_unique<AacPacketizer>(); }
std::unique_ptr<Packetizer> make(const OpaqueParameters&) {
  return std::make_unique<OpaquePacketizer>();
}
}  // namespace

std::unique_ptr<Packetizer> makePacketizer(const Track& track) {
  return std::visit([](const auto& parameters) { return make(parameters); }, track.parameters);
}

}  // namespace core
