#include "core/sequence_tracker.hpp"

namespace core {

namespace {
constexpr int kLatePackets = 64;  // further back is not late but a new count
constexpr int kRivalSteps = 4;
}  // namespace

SequenceTracker::Step SequenceTracker::take(const RtpPacket& packet) {
  if (!current_) return accept(packet, Step::next);
  if (packet.ssrc != current_->ssrc) return weigh(packet);
  const auto ahead = static_cast<int16_t>(packet.sequence - current_->next);
  if (ahead == 0) return accept(packet, Step::next);
  if (ahead > 0 || ahead < -kLatePackets) return accept(packet, Step::gap);
  return weigh(packet);
}

SequenceTracker::Step SequenceTracker::accept(const RtpPacket& packet, Step step) {
  current_ = Position{packet.ssrc, static_cast<uint16_t>(packet.sequence + 1)};
  rival_.reset();
  rivalPackets_ = 0;
  return step;
}

SequenceTracker::Step SequenceTracker::weigh(const RtpPacket& packet) {
  const bool goesOn = rival_ && rival_->ssrc == packet.ssrc && rival_->next == packet.sequence;
  rivalPackets_ = goesOn ? rivalPackets_ + 1 : 1;
  if (rivalPackets_ == kRivalSteps) return accept(packet, Step::gap);
  rival_ = Position{packet.ssrc, static_cast<uint16_t>(packet.sequence + 1)};
  return Step::stray;
}

}  // namespace core
