#include "io/ingest_observer.hpp"

#include <algorithm>
#include <utility>

namespace io {

namespace {
// Of packets that lead to no unit; bounds what a hostile peer can have us remember.
constexpr size_t kMaxGroups = 64;
constexpr size_t kMaxNals = 1024;

H264Seen describe(const core::H264Parameters& h264) {
  H264Seen seen;
  if (const auto sps = core::h264::parseSps(h264.sps)) seen.sps = *sps;
  for (const core::Bytes& set : h264.pps)
    if (const auto pps = core::h264::parsePps(set)) seen.pps.push_back(*pps);
  return seen;
}

H265Seen describe(const core::H265Parameters& h265) {
  H265Seen seen;
  if (const auto vps = core::h265::parseVps(h265.vps)) seen.vps = *vps;
  if (const auto sps = core::h265::parseSps(h265.sps)) seen.sps = *sps;
  for (const core::Bytes& set : h265.pps)
    if (const auto pps = core::h265::parsePps(set)) seen.pps.push_back(*pps);
  return seen;
}
}  // namespace

IngestObserver::IngestObserver(Id id, OwnerRef owner, const std::vector<std::string>& codecs)
    : id_(id), owner_(std::move(owner)) {
  for (const std::string& codec : codecs) tracks_.push_back({.codec = codec, .groups = {}});
}

void IngestObserver::packet(size_t track, const ArrivedPacket& arrived) {
  const core::RtpPacket& packet = arrived.packet;
  core::PacketNals nals = core::nalsOf(tracks_[track].codec, packet.payload);
  if (arrived.meant) keep(tracks_[track], packet, nals);
  owner_->emit(id_, PacketSeen{.track = static_cast<uint32_t>(track),
                               .ssrc = packet.ssrc,
                               .payloadType = packet.payloadType,
                               .sequence = packet.sequence,
                               .timestamp = packet.timestamp,
                               .marker = packet.marker,
                               .bytes = arrived.bytes,
                               .arrival = arrived.arrival,
                               .nals = std::move(nals),
                               .oddities = core::odditiesOf(tracks_[track].codec, packet.payload)});
}

void IngestObserver::keep(Track& track, const core::RtpPacket& packet,
                          const core::PacketNals& nals) {
  if (track.groups.empty() || track.groups.back().timestamp != packet.timestamp)
    track.groups.push_back({.timestamp = packet.timestamp, .packets = 0, .nals = {}});
  if (track.groups.size() > kMaxGroups) track.groups.pop_front();
  Group& group = track.groups.back();
  ++group.packets;
  if (nals.begins() && group.nals.size() < kMaxNals)
    group.nals.insert(group.nals.end(), nals.types.begin(), nals.types.end());
}

// What came before it has led to nothing. A unit that shares its packet with the one before, as in
// AAC, has a time that no packet has.
IngestObserver::Group IngestObserver::take(Track& track, uint32_t timestamp) {
  auto& groups = track.groups;
  const auto found = std::find_if(groups.begin(), groups.end(),
                                  [&](const Group& group) { return group.timestamp == timestamp; });
  if (found == groups.end()) return {.timestamp = timestamp, .packets = 1, .nals = {}};
  Group group = std::move(*found);
  groups.erase(groups.begin(), found + 1);
  return group;
}

void IngestObserver::unit(size_t track, const core::AccessUnit& unit, core::Micros pts,
                          core::Micros arrival) {
  Group group = take(tracks_[track], unit.timestamp);
  owner_->emit(id_, UnitSeen{.track = static_cast<uint32_t>(track),
                             .key = unit.key,
                             .damaged = unit.damaged,
                             .picture = unit.picture,
                             .nals = std::move(group.nals),
                             .bytes = unit.payload.size(),
                             .packets = group.packets,
                             .timestamp = unit.timestamp,
                             .pts = pts,
                             .arrival = arrival});
}

void IngestObserver::report(size_t track, const core::SenderReport& report, core::Micros arrival) {
  owner_->emit(id_, ReportSeen{.track = static_cast<uint32_t>(track),
                               .ssrc = report.ssrc,
                               .ntp = report.ntp,
                               .timestamp = report.rtpTime,
                               .arrival = arrival});
}

void IngestObserver::rtcp(size_t track, core::ByteView compound) {
  if (core::isCompound(compound) || std::exchange(tracks_[track].brokenReport, true)) return;
  owner_->emit(id_, BrokenReportSeen{static_cast<uint32_t>(track)});
}

void IngestObserver::stray(uint8_t channel) {
  if (strays_.test(channel)) return;
  strays_.set(channel);
  owner_->emit(id_, StraySeen{channel});
}

void IngestObserver::parameters(size_t track, const core::Parameters& parameters) {
  const auto index = static_cast<uint32_t>(track);
  if (const auto* h264 = std::get_if<core::H264Parameters>(&parameters))
    owner_->emit(id_, ParametersSeen{index, describe(*h264)});
  if (const auto* h265 = std::get_if<core::H265Parameters>(&parameters))
    owner_->emit(id_, ParametersSeen{index, describe(*h265)});
  if (const auto* aac = std::get_if<core::AacParameters>(&parameters))
    if (const auto config = core::aac::parseAudioConfig(aac->config))
      owner_->emit(id_, ParametersSeen{index, *config});
}

}  // namespace io
