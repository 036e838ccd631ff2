#include "core/reorder_buffer.hpp"

#include <algorithm>
#include <utility>

namespace core {

namespace {
constexpr int kWindow = static_cast<int>(ReorderBuffer::kMaxPackets);
// As many in a row make another source, or another count, the one that is meant.
constexpr int kRivalPackets = 4;
}  // namespace

void ReorderBuffer::push(Packet&& packet) {
  expire(packet.arrival);
  if (!isOurs(packet)) {
    if (!replaces(packet)) return sink_(std::move(packet));
    begin(packet);
  }
  rival_.reset();
  if (aheadOf(packet) < 0 || heldAt(packet.sequence) != nullptr) {
    ++dropped_;
    return;
  }
  while (!empty() && aheadOf(packet) >= kWindow) skipMissing();
  if (aheadOf(packet) >= kWindow) current_->next = packet.sequence;
  hold(std::move(packet));
  giveHeld();
  while (heldBytes_ > kMaxBytes) skipMissing();
}

void ReorderBuffer::expire(Micros now) {
  const auto isOver = [&](const std::optional<Packet>& it) {
    return it && now - it->arrival >= kMaxWait;
  };
  while (!empty() && std::ranges::any_of(slots_, isOver)) skipMissing();
}

int ReorderBuffer::aheadOf(const Packet& packet) const {
  return static_cast<int16_t>(packet.sequence - current_->next);
}

bool ReorderBuffer::isOurs(const Packet& packet) {
  if (!current_) begin(packet);
  const int ahead = aheadOf(packet);
  return packet.ssrc == current_->ssrc && ahead < 2 * kWindow && ahead >= -kWindow;
}

ReorderBuffer::Packet* ReorderBuffer::heldAt(uint16_t sequence) {
  auto& slot = slots_[sequence % kMaxPackets];
  return slot && slot->sequence == sequence ? &*slot : nullptr;
}

void ReorderBuffer::hold(Packet&& packet) {
  ++held_;
  heldBytes_ += packet.bytes.size();
  auto& slot = slots_[packet.sequence % kMaxPackets];
  slot = std::move(packet);
}

// All that follow without a gap.
void ReorderBuffer::giveHeld() {
  while (Packet* packet = heldAt(current_->next)) {
    ++current_->next;
    --held_;
    heldBytes_ -= packet->bytes.size();
    Packet next = std::move(*packet);
    slots_[next.sequence % kMaxPackets].reset();
    sink_(std::move(next));
  }
}

// Goes on with the first that is there; something is held.
void ReorderBuffer::skipMissing() {
  while (heldAt(current_->next) == nullptr) ++current_->next;
  giveHeld();
}

bool ReorderBuffer::replaces(const Packet& packet) {
  const bool goesOn = rival_ && rival_->ssrc == packet.ssrc && rival_->next == packet.sequence;
  rivalPackets_ = goesOn ? rivalPackets_ + 1 : 1;
  rival_ = Position{packet.ssrc, static_cast<uint16_t>(packet.sequence + 1)};
  return rivalPackets_ == kRivalPackets;
}

// What was held goes first: nothing will come that it waits for.
void ReorderBuffer::begin(const Packet& packet) {
  while (!empty()) skipMissing();
  current_ = Position{packet.ssrc, packet.sequence};
  rival_.reset();
}

}  // namespace core
