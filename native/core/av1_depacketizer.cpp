#include "core/av1_depacketizer.hpp"

#include <utility>

namespace core {

namespace {

constexpr size_t kMaxTemporalUnit = 8'000'000;

// Section 4.4, the aggregation header.
constexpr uint8_t kContinues = 0x80;
constexpr uint8_t kGoesOn = 0x40;

std::optional<size_t> leb128(ByteView& bytes) {
  const auto value = av1::takeLeb128(bytes);
  return value ? std::optional<size_t>(*value) : std::nullopt;
}

}  // namespace

void Av1Depacketizer::push(const RtpPacket& packet) {
  const SequenceTracker::Step step = tracker_.take(packet);
  if (step == SequenceTracker::Step::stray) return;
  if (step == SequenceTracker::Step::gap) gap();
  if (packet.timestamp != unit_.timestamp) finish();
  unit_.timestamp = packet.timestamp;
  if (packet.payload.size() > 1) takeElements(packet.payload);
  if (packet.marker) finish();
}

void Av1Depacketizer::gap() {
  if (!obu_.empty()) damage();
  if (!unit_.payload.empty()) unit_.damaged = true;
  lossAhead_ = true;
}

void Av1Depacketizer::takeElements(ByteView payload) {
  if (std::exchange(lossAhead_, false)) (unit_.payload.empty() ? headLost_ : unit_.damaged) = true;
  const uint8_t head = payload[0];
  const unsigned count = head >> 4 & 3;  // 0: every element tells its size
  ByteView rest = payload.subspan(1);
  for (unsigned index = 0; !rest.empty(); ++index) {
    const auto size = index + 1 == count ? std::optional(rest.size()) : leb128(rest);
    if (!size || *size > rest.size()) return damage();
    const ByteView element = rest.first(*size);
    rest = rest.subspan(*size);
    takeElement(element, index == 0 && head & kContinues, rest.empty() && head & kGoesOn);
  }
}

void Av1Depacketizer::takeElement(ByteView element, bool continues, bool goesOn) {
  if (continues == obu_.empty()) {
    // The begin of the one that goes on is missing, or the end of the one before.
    damage();
    if (continues) return;
  }
  if (unit_.payload.size() + obu_.size() + element.size() > kMaxTemporalUnit) return damage();
  obu_.insert(obu_.end(), element.begin(), element.end());
  if (!goesOn) takeObu();
}

void Av1Depacketizer::takeObu() {
  const Bytes bytes = std::exchange(obu_, {});
  const auto obu = av1::parseObu(bytes);
  if (!obu)
    unit_.damaged = true;
  else if (!av1::isLeftOut(*obu))
    av1::appendObu(*obu, unit_.payload);
}

void Av1Depacketizer::damage() {
  unit_.damaged = true;
  obu_.clear();
}

void Av1Depacketizer::finish() {
  if (!obu_.empty()) damage();
  AccessUnit whole = std::exchange(unit_, {});
  const bool headLost = std::exchange(headLost_, false);
  if (whole.payload.empty()) return;
  const av1::Picture picture = av1::inspect(whole.payload);
  // Only a sequence header tells that nothing of a picture came before it.
  const bool isWhole = picture.sequenceHeader.data() == whole.payload.data();
  whole.damaged |= headLost && !isWhole;
  whole.key = picture.key && !whole.damaged;
  whole.picture = picture.type;
  if (whole.key && !learn(picture.sequenceHeader)) return;
  if (!parameters_) return;
  whole.payload.shrink_to_fit();
  sink_.unit(std::move(whole));
}

bool Av1Depacketizer::learn(ByteView sequenceHeader) {
  auto parameters = av1::parseSequenceHeader(sequenceHeader);
  if (!parameters) return false;
  if (parameters_ == parameters) return true;
  parameters_ = std::move(parameters);
  sink_.parameters(*parameters_);
  return true;
}

}  // namespace core
