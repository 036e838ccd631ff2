#include "core/picture_depacketizer.hpp"

#include <utility>

namespace core {

namespace {
constexpr size_t kMaxPictureBytes = 8'000'000;
}

PictureDepacketizer::PictureDepacketizer(const PictureFormat& format, const RtpTrackConfig& config,
                                         Sink sink)
    : format_(format), sink_(std::move(sink)) {
  if (format_.described) parameters_ = format_.described(config);
  if (parameters_) sink_.parameters(*parameters_);
}

void PictureDepacketizer::push(const RtpPacket& packet) {
  const SequenceTracker::Step step = tracker_.take(packet);
  if (step == SequenceTracker::Step::stray) return;
  if (step == SequenceTracker::Step::gap) gap();
  if (packet.timestamp != unit_.timestamp) finish();
  unit_.timestamp = packet.timestamp;
  if (const auto piece = format_.strip(packet.payload))
    take(*piece);
  else if (!packet.payload.empty())
    unit_.damaged = true;
  if (packet.marker) finish();
}

void PictureDepacketizer::gap() {
  if (!unit_.payload.empty()) unit_.damaged = true;
  lossAhead_ = true;
}

void PictureDepacketizer::take(const PicturePiece& piece) {
  const bool isFirst = unit_.payload.empty();
  if (isFirst) unit_.droppable = piece.droppable;
  // What was lost before the first piece of a picture was of another one.
  if (std::exchange(lossAhead_, false) && !(isFirst && piece.begins)) unit_.damaged = true;
  if (isFirst && !piece.begins) unit_.damaged = true;
  if (unit_.payload.size() + piece.bytes.size() > kMaxPictureBytes)
    unit_.damaged = true;
  else
    unit_.payload.insert(unit_.payload.end(), piece.bytes.begin(), piece.bytes.end());
}

void PictureDepacketizer::finish() {
  AccessUnit whole = std::exchange(unit_, {});
  if (whole.payload.empty()) return;
  whole.picture = format_.typeOf(whole.payload);
  whole.key = !whole.damaged && whole.picture == PictureType::i;
  whole.droppable |= whole.picture == PictureType::b;
  if (whole.key) {
    auto parameters = format_.parse(whole.payload, parameters_ ? &*parameters_ : nullptr);
    if (!parameters) return;
    if (parameters_ != parameters) {
      parameters_ = std::move(parameters);
      sink_.parameters(*parameters_);
    }
  }
  if (!parameters_) return;
  whole.payload.shrink_to_fit();
  sink_.unit(std::move(whole));
}

}  // namespace core
