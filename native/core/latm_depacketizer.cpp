#include "core/latm_depacketizer.hpp"

#include <utility>

namespace core {

namespace {
constexpr size_t kMaxElementBytes = 128 * 1024;
}

LatmDepacketizer::LatmDepacketizer(const RtpTrackConfig& config, Sink sink)
    : sink_(std::move(sink)), clockRateHz_(config.clockRateHz), configInBand_(config.configInBand) {
  BitReader bits(config.config);
  if (!config.config.empty()) learn(latm::readStreamMux(bits));
}

void LatmDepacketizer::push(const RtpPacket& packet) {
  const SequenceTracker::Step step = tracker_.take(packet);
  if (step == SequenceTracker::Step::stray) return;
  if (step == SequenceTracker::Step::gap) gap();
  if (packet.timestamp != timestamp_) finish();
  timestamp_ = packet.timestamp;
  if (element_.size() + packet.payload.size() > kMaxElementBytes) isBroken_ = true;
  if (!isBroken_) element_.insert(element_.end(), packet.payload.begin(), packet.payload.end());
  if (packet.marker) finish();
}

// What was lost may have been the end of the element in hand, and the begin of the next one.
void LatmDepacketizer::gap() {
  isBroken_ |= !element_.empty();
  element_.clear();
}

void LatmDepacketizer::finish() {
  const Bytes element = std::exchange(element_, {});
  if (std::exchange(isBroken_, false) || element.empty()) return;
  BitReader bits(element);
  if (configInBand_ && !takeConfig(bits)) return;
  if (!mux_) return;
  auto units = unitsOf(bits);
  const uint64_t step = uint64_t{mux_->aac.samplesPerFrame} * clockRateHz_ / mux_->aac.sampleRateHz;
  for (size_t index = 0; index < units.size(); ++index) {
    if (units[index].empty()) continue;
    AccessUnit unit;
    unit.timestamp = timestamp_ + static_cast<uint32_t>(index * step);
    unit.key = true;
    unit.payload = std::move(units[index]);
    sink_.unit(std::move(unit));
  }
}

// All, or none where they do not end with the element: its begin was lost. Some senders put several
// elements without configuration into a packet.
std::vector<Bytes> LatmDepacketizer::unitsOf(BitReader& bits) const {
  const bool isCounted = configInBand_ || mux_->hasOtherData;
  std::vector<Bytes> units;
  while (isCounted ? units.size() < mux_->frames : bits.left() >= 8) {
    auto unit = latm::readUnit(bits);
    if (!unit) return {};
    units.push_back(std::move(*unit));
  }
  return units;
}

// AudioMuxElement(1): the configuration, unless it is the one before.
bool LatmDepacketizer::takeConfig(BitReader& bits) {
  if (bits.flag()) return mux_.has_value();
  auto mux = latm::readStreamMux(bits);
  const bool isKnown = mux.has_value();
  learn(std::move(mux));
  return isKnown;
}

void LatmDepacketizer::learn(std::optional<latm::StreamMux> mux) {
  if (!mux) return;
  const bool isNew = !mux_ || mux_->aac != mux->aac;
  mux_ = std::move(mux);
  if (isNew) sink_.parameters(mux_->aac);
}

}  // namespace core
