#include "core/nal_depacketizer.hpp"

#include "core/h264_depacketizer.hpp"
#include "core/h265_depacketizer.hpp"
#include "core/nal.hpp"

#include <algorithm>
#include <utility>

namespace core {

namespace {

constexpr size_t kMaxAccessUnit = 8'000'000;
constexpr size_t kLengthBytes = 4;
constexpr size_t kSlackBytes = 1024;
// Of a NAL unit: enough to tell whether it begins a picture.
constexpr size_t kStartBytes = 40;

PictureType moreDependent(PictureType picture, PictureType slice) {
  if (picture == PictureType::none) return slice;
  if (slice == PictureType::none) return picture;
  if (picture == PictureType::b || slice == PictureType::b) return PictureType::b;
  return picture == PictureType::p ? picture : slice;
}

}  // namespace

template <typename Codec>
NalDepacketizer<Codec>::NalDepacketizer(const RtpTrackConfig& config, Sink sink)
    : sink_(std::move(sink)), keepPieces_(config.keepPieces) {
  for (const Bytes& set : config.parameterSets)
    nal::splitAnnexB(set, [this](ByteView nal) { sets_.add(nal); });
  parameters_ = sets_.useAny();
  if (parameters_) sink_.parameters(*parameters_);
}

template <typename Codec>
void NalDepacketizer<Codec>::push(const RtpPacket& packet) {
  const SequenceTracker::Step step = tracker_.take(packet);
  if (step == SequenceTracker::Step::stray) return;
  if (step == SequenceTracker::Step::gap) gap();
  place(packet);
  if (!packet.payload.empty()) takePayload(packet.payload);
  if (!packet.marker || !trustMarker_) return;
  const bool ends = unit_.pictureBegun;
  const uint32_t timestamp = unit_.timestamp;
  finish();
  if (ends) lastTimestamp_ = timestamp;
}

template <typename Codec>
void NalDepacketizer<Codec>::gap() {
  if (keepPieces_)
    closeOpen();
  else
    dropOpen();
  if (unit_.pictureBegun) unit_.damaged = true;
  lossAhead_ = true;
}

// Ends the unit in hand when the packet belongs to another, and settles which one a loss has hit.
template <typename Codec>
void NalDepacketizer<Codec>::place(const RtpPacket& packet) {
  timestamp_ = packet.timestamp;
  const bool sameTime = packet.timestamp == unit_.timestamp;
  const bool inPicture = unit_.pictureBegun || unit_.oversized;
  if (inPicture && !sameTime && (lossAhead_ || !continuesPicture(packet.payload))) finish();
  if (lossAhead_ && !unit_.pictureBegun) unit_.headLost = true;
  lossAhead_ = false;
}

// Some cameras step the timestamp within a picture: the rest of a fragmented NAL unit and slices
// that do not begin a picture stay with it all the same.
template <typename Codec>
bool NalDepacketizer<Codec>::continuesPicture(ByteView payload) const {
  if (payload.empty()) return true;
  const NalPacket packet = Codec::inspect(payload);
  const bool isFragment = packet.shape == NalPacket::Shape::fragment;
  if (isFragment && unit_.open && !packet.starts) return true;
  if (packet.shape != NalPacket::Shape::single && !(isFragment && packet.starts)) return false;
  Bytes nal;
  if (isFragment) nal.assign(packet.header.begin(), packet.header.begin() + Codec::kHeaderBytes);
  const ByteView start = packet.body.first(std::min(packet.body.size(), kStartBytes));
  nal.insert(nal.end(), start.begin(), start.end());
  if (nal.size() <= Codec::kHeaderBytes || !Codec::isSlice(nal)) return false;
  const auto slice = Codec::parseSlice(nal, sets_);
  return slice && !slice->isFirst;
}

template <typename Codec>
void NalDepacketizer<Codec>::takePayload(ByteView payload) {
  const NalPacket packet = Codec::inspect(payload);
  if (packet.shape == NalPacket::Shape::fragment) return takeFragment(packet);
  closeOpen();
  if (packet.shape == NalPacket::Shape::aggregate) return takeAggregate(packet.body);
  if (packet.shape == NalPacket::Shape::single) return takeNals(packet.body);
  unit_.damaged = true;
}

// RFC 6184 section 5.7.1, RFC 7798 section 4.4.2.
template <typename Codec>
void NalDepacketizer<Codec>::takeAggregate(ByteView list) {
  while (list.size() > 2) {
    const size_t size = size_t{list[0]} << 8 | list[1];
    list = list.subspan(2);
    if (size > list.size()) {
      unit_.damaged = true;
      return;
    }
    takeNals(list.first(size));
    list = list.subspan(size);
  }
}

// The type is taken from the first fragment alone: Tiandy changes it in later ones. An end that is
// not marked is where the next NAL unit begins.
template <typename Codec>
void NalDepacketizer<Codec>::takeFragment(const NalPacket& packet) {
  if (packet.starts) openFragment(packet);
  if (!unit_.open) return missStart(packet.header);
  if (!makeRoom(packet.body.size())) return;
  bytes_.insert(bytes_.end(), packet.body.begin(), packet.body.end());
  if (packet.ends) closeOpen();
}

// The rest of a slice whose beginning was lost is a picture all the same, though not a whole one.
template <typename Codec>
void NalDepacketizer<Codec>::missStart(ByteView header) {
  if (!Codec::isPicture(header)) return;
  beginPicture(Codec::isIntra(header));
  unit_.damaged = true;
}

template <typename Codec>
void NalDepacketizer<Codec>::openFragment(const NalPacket& packet) {
  closeOpen();
  if (Codec::isPicture(packet.header)) beginPicture(Codec::isIntra(packet.header));
  unit_.open = bytes_.size();
  appendLength(0);
  bytes_.insert(bytes_.end(), packet.header.begin(), packet.header.begin() + Codec::kHeaderBytes);
}

// V380 and others leave start codes inside: before the first NAL unit, or between several.
template <typename Codec>
void NalDepacketizer<Codec>::takeNals(ByteView nals) {
  if (nals.empty()) return;
  nal::splitAnnexB(nals, [this](ByteView nal) { takeNal(nal); });
}

template <typename Codec>
void NalDepacketizer<Codec>::takeNal(ByteView nal) {
  if (Codec::isLeftOut(nal)) return sets_.add(nal);
  if (Codec::isPicture(nal)) beginPicture(Codec::isIntra(nal));
  if (!makeRoom(nal.size() + kLengthBytes)) return;
  appendLength(nal.size());
  bytes_.insert(bytes_.end(), nal.begin(), nal.end());
  note(nal);
}

template <typename Codec>
void NalDepacketizer<Codec>::appendLength(size_t size) {
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes_.push_back(static_cast<uint8_t>(size >> shift));
}

// The NAL unit that fragments brought is whole: its length is written, unless it turns out to be
// several or one that does not belong into the unit.
template <typename Codec>
void NalDepacketizer<Codec>::closeOpen() {
  if (!unit_.open) return;
  const size_t start = *unit_.open + kLengthBytes;
  const ByteView whole = ByteView(bytes_).subspan(start);
  const ByteView nal = nal::withoutTrailingZeros(whole);
  if (nal.empty() || Codec::isLeftOut(nal) || nal::findStartCode(whole) != whole.size()) {
    const Bytes apart(whole.begin(), whole.end());
    dropOpen();
    return takeNals(apart);
  }
  for (size_t i = 0; i < kLengthBytes; ++i)
    bytes_[*unit_.open + i] = static_cast<uint8_t>(nal.size() >> (24 - 8 * i));
  bytes_.resize(start + nal.size());
  unit_.open.reset();
  note(ByteView(bytes_).subspan(start));
}

template <typename Codec>
void NalDepacketizer<Codec>::dropOpen() {
  if (unit_.open) bytes_.resize(*unit_.open);
  unit_.open.reset();
}

template <typename Codec>
void NalDepacketizer<Codec>::note(ByteView nal) {
  unit_.recoveryPoint |= Codec::hasRecoveryPoint(nal);
  if (!Codec::isPicture(nal)) return;
  if (Codec::isSlice(nal)) noteSlice(nal);
  unit_.hasPicture = true;
  unit_.intra |= Codec::isIntra(nal);
  unit_.referred |= Codec::isReferred(nal, parameters_);
}

template <typename Codec>
void NalDepacketizer<Codec>::noteSlice(ByteView nal) {
  const auto slice = Codec::parseSlice(nal, sets_);
  if (!slice) {
    unit_.damaged = true;
    return;
  }
  unit_.picture = moreDependent(unit_.picture, slice->picture);
  if (unit_.hasPicture) return;
  unit_.ppsId = slice->ppsId;
  unit_.hasFirstSlice = slice->isFirst;
  if (unit_.hasFirstSlice) return;
  unit_.damaged = true;
  // The rest of a picture that a marker has ended already: from now on only time ends a unit.
  if (!unit_.headLost && lastTimestamp_ == unit_.timestamp) trustMarker_ = false;
}

// The unit's time is that of its first slice; parameter sets before it may have an older one.
template <typename Codec>
void NalDepacketizer<Codec>::beginPicture(bool intra) {
  if (unit_.pictureBegun) return;
  unit_.pictureBegun = true;
  unit_.timestamp = timestamp_;
  bytes_.reserve(bytes_.size() + expected_[intra]);
}

template <typename Codec>
bool NalDepacketizer<Codec>::makeRoom(size_t size) {
  if (!unit_.oversized && bytes_.size() + size <= kMaxAccessUnit) return true;
  unit_.oversized = true;
  unit_.open.reset();
  Bytes().swap(bytes_);
  return false;
}

template <typename Codec>
void NalDepacketizer<Codec>::finish() {
  closeOpen();
  const bool nothingLeft = unit_.oversized || (unit_.pictureBegun && !unit_.hasPicture);
  if (!nothingLeft && !unit_.hasPicture) return;
  if (!nothingLeft) deliver();
  reset();
  if (nothingLeft) lossAhead_ = true;
}

template <typename Codec>
void NalDepacketizer<Codec>::deliver() {
  if (const auto* changed = sets_.use(unit_.ppsId)) {
    parameters_ = changed;
    sink_.parameters(*changed);
  }
  const bool key = isKey();
  if (!sets_.ready()) return;
  if (!sets_.knows(unit_.ppsId)) unit_.damaged = true;
  AccessUnit out;
  out.timestamp = unit_.timestamp;
  out.key = key;
  out.droppable = !unit_.referred;
  // A key frame refers to nothing that could have been lost before it.
  out.damaged = unit_.damaged || (unit_.headLost && !(key && unit_.hasFirstSlice));
  out.picture = unit_.picture;
  out.payload = takeBytes();
  sink_.unit(std::move(out));
}

// A recovery point counts where intra pictures are missing (intra refresh, open groups of
// pictures), not in a stream that has them regularly.
template <typename Codec>
bool NalDepacketizer<Codec>::isKey() {
  ++unitsSinceIntra_;
  if (!unit_.intra) return unit_.recoveryPoint && unitsSinceIntra_ > 2 * intraDistance_;
  intraDistance_ = unitsSinceIntra_;
  unitsSinceIntra_ = 0;
  return true;
}

// Units are kept for seconds, so what was reserved in vain goes back.
template <typename Codec>
Bytes NalDepacketizer<Codec>::takeBytes() {
  size_t& expected = expected_[unit_.intra];
  expected = std::max(bytes_.size(), expected - expected / 8);
  if (bytes_.capacity() > bytes_.size() + bytes_.size() / 4 + kSlackBytes) bytes_.shrink_to_fit();
  return std::exchange(bytes_, {});
}

template <typename Codec>
void NalDepacketizer<Codec>::reset() {
  bytes_.clear();
  unit_ = {};
}

template class NalDepacketizer<H264Codec>;
template class NalDepacketizer<H265Codec>;

}  // namespace core
