#include "core/aac_depacketizer.hpp"

#include "core/aac.hpp"
#include "core/bit_reader.hpp"

#include <algorithm>
#include <utility>

namespace core {

namespace {

// ISO/IEC 14496-3 section 4.5.3.1: 6144 bits a channel. Twice that for eight channels.
constexpr size_t kMaxAacBytes = 16 * 1024;

}  // namespace

AacDepacketizer::AacDepacketizer(const RtpTrackConfig& config, Sink sink)
    : sink_(std::move(sink)),
      clockRateHz_(config.clockRateHz),
      sizeLength_(std::min<uint8_t>(config.sizeLength, 32)),
      indexLength_(std::min<uint8_t>(config.indexLength, 32)),
      indexDeltaLength_(std::min<uint8_t>(config.indexDeltaLength, 32)) {
  learn(config.config);
  configured_ = parameters_.has_value();
}

void AacDepacketizer::push(const RtpPacket& packet) {
  const SequenceTracker::Step step = tracker_.take(packet);
  if (step == SequenceTracker::Step::stray) return;
  if (step == SequenceTracker::Step::gap) gap();
  if (fragment_ && fragment_->timestamp != packet.timestamp) fragment_.reset();
  if (sizeLength_ == 0 || (fragment_ && fragment_->bare)) return takeBare(packet);
  if (aac::parseAdts(packet.payload)) return takeAdts(packet.timestamp, packet.payload);
  takeHeadered(packet);
}

void AacDepacketizer::gap() { fragment_.reset(); }

// RFC 3640 section 3.2.1: how many bits, headers of (size, index) padded to a byte, then the units.
void AacDepacketizer::takeHeadered(const RtpPacket& packet) {
  const ByteView payload = packet.payload;
  if (payload.size() < 2) return;
  const size_t bytes = ((size_t{payload[0]} << 8 | payload[1]) + 7) / 8;
  if (bytes + 2 > payload.size()) return;
  takeUnits(packet, payload.subspan(2, bytes), payload.subspan(2 + bytes));
}

// Section 3.2.3.1: every piece of a unit that is spread over packets tells the size of the whole.
void AacDepacketizer::takeUnits(const RtpPacket& packet, ByteView headers, ByteView data) {
  BitReader bits(headers);
  unsigned indexBits = indexLength_;
  for (size_t unit = 0; bits.left() >= sizeLength_ + indexBits && !data.empty(); ++unit) {
    const size_t size = bits.bits(sizeLength_);
    bits.skip(indexBits);
    indexBits = indexDeltaLength_;
    const ByteView piece = data.first(std::min(size, data.size()));
    data = data.subspan(piece.size());
    if (fragment_) {
      continueFragment(piece);
      continue;
    }
    const uint32_t timestamp = timeOf(packet.timestamp, unit);
    if (piece.size() < size) return beginFragment({timestamp, size, false, {}}, piece);
    takeUnit(timestamp, piece);
  }
}

// Without AU headers a unit ends at the marker or where its ADTS header says.
void AacDepacketizer::takeBare(const RtpPacket& packet) {
  if (packet.payload.empty()) return;
  if (!fragment_ && packet.marker) return takeUnit(packet.timestamp, packet.payload);
  if (!fragment_) return beginFragment({packet.timestamp, 0, true, {}}, packet.payload);
  continueFragment(packet.payload);
  if (!fragment_ || !packet.marker) return;
  const Fragment whole = *std::exchange(fragment_, std::nullopt);
  if (whole.size == 0) takeUnit(whole.timestamp, whole.bytes);
}

void AacDepacketizer::takeAdts(uint32_t timestamp, ByteView frames) {
  for (size_t unit = 0;; ++unit) {
    const auto header = aac::parseAdts(frames);
    if (!header) return;
    if (!configured_) learn(header->config);
    const size_t there = std::min(header->frameSize, frames.size());
    const size_t size = header->frameSize - header->headerSize;
    const uint32_t time = timeOf(timestamp, unit);
    if (there < header->headerSize) return;
    const ByteView piece = frames.subspan(header->headerSize, there - header->headerSize);
    if (piece.size() < size) return beginFragment({time, size, true, {}}, piece);
    deliver(time, Bytes(piece.begin(), piece.end()));
    frames = frames.subspan(there);
  }
}

void AacDepacketizer::takeUnit(uint32_t timestamp, ByteView unit) {
  if (aac::parseAdts(unit)) return takeAdts(timestamp, unit);
  deliver(timestamp, Bytes(unit.begin(), unit.end()));
}

void AacDepacketizer::beginFragment(Fragment fragment, ByteView piece) {
  if (fragment.size > kMaxAacBytes) return;
  fragment_ = std::move(fragment);
  fragment_->bytes.reserve(fragment_->size);
  continueFragment(piece);
}

void AacDepacketizer::continueFragment(ByteView piece) {
  Bytes& bytes = fragment_->bytes;
  if (bytes.size() + piece.size() > kMaxAacBytes) return fragment_.reset();
  bytes.insert(bytes.end(), piece.begin(), piece.end());
  if (fragment_->size == 0 || bytes.size() < fragment_->size) return;
  Fragment whole = *std::exchange(fragment_, std::nullopt);
  whole.bytes.resize(whole.size);
  takeUnit(whole.timestamp, whole.bytes);
}

void AacDepacketizer::deliver(uint32_t timestamp, Bytes unit) {
  if (!parameters_ || unit.empty()) return;
  AccessUnit out;
  out.timestamp = timestamp;
  out.key = true;
  out.payload = std::move(unit);
  sink_.unit(std::move(out));
}

void AacDepacketizer::learn(ByteView config) {
  const bool known =
      parameters_ && std::equal(config.begin(), config.end(), parameters_->config.begin(),
                                parameters_->config.end());
  if (known || config.empty()) return;
  auto parameters = AacParameters::fromConfig(Bytes(config.begin(), config.end()));
  if (!parameters) return;
  parameters_ = std::move(*parameters);
  sink_.parameters(*parameters_);
}

// The RTP clock runs at the core's rate, or at the doubled one of SBR.
uint32_t AacDepacketizer::timeOf(uint32_t first, size_t unit) const {
  if (!parameters_) return first;
  const uint64_t samples = uint64_t{unit} * parameters_->samplesPerFrame;
  return first + static_cast<uint32_t>(samples * clockRateHz_ / parameters_->sampleRateHz);
}

}  // namespace core
