#include "core/h264_depacketizer.hpp"

#include "core/nal.hpp"

#include <algorithm>
#include <utility>

namespace core {

namespace {

constexpr size_t kMaxUnitBytes = 8'000'000;
constexpr size_t kLengthBytes = 4;
constexpr size_t kSlackBytes = 1024;

// RFC 6184 table 1. Those in between are single NAL units; STAP-B, MTAP and FU-B belong to the
// interleaved mode, which nobody announces to us.
constexpr uint8_t kStapA = 24;
constexpr uint8_t kFuA = 28;
constexpr uint8_t kFirstAggregate = 24;

constexpr uint8_t kFuStart = 0x80;
constexpr uint8_t kFuEnd = 0x40;

bool isSlice(uint8_t type) { return type == h264::kSlice || type == 2 || type == h264::kIdr; }

// Of no use in a stream whose units have bounds and whose sets travel apart.
bool isLeftOut(uint8_t type) {
  return type == 0 || (type >= h264::kSps && type <= h264::kFiller) || type >= kFirstAggregate;
}

// The NAL unit type that `payload` begins; 0 when it goes on with one or brings several.
uint8_t beginningType(ByteView payload) {
  const uint8_t type = h264::nalType(payload[0]);
  if (type < kFirstAggregate) return type;
  const bool starts = type == kFuA && payload.size() > 2 && payload[1] & kFuStart;
  return starts ? h264::nalType(payload[1]) : 0;
}

PictureType moreDependent(PictureType picture, h264::SliceType slice) {
  constexpr std::array<PictureType, 3> types{PictureType::p, PictureType::b, PictureType::i};
  const PictureType type = types[static_cast<size_t>(slice)];
  if (picture == PictureType::none) return type;
  if (picture == PictureType::b || type == PictureType::b) return PictureType::b;
  return picture == PictureType::p ? picture : type;
}

}  // namespace

H264Depacketizer::H264Depacketizer(const RtpTrackConfig& config, Sink sink)
    : sink_(std::move(sink)) {
  for (const Bytes& set : config.parameterSets)
    nal::splitAnnexB(set, [this](ByteView nal) { sets_.add(nal); });
  if (const H264Parameters* parameters = sets_.useAny()) sink_.parameters(*parameters);
}

void H264Depacketizer::push(const RtpPacket& packet) {
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

void H264Depacketizer::gap() {
  dropOpen();
  if (unit_.pictureBegun) unit_.damaged = true;
  lossAhead_ = true;
}

// Ends the unit in hand when the packet belongs to another, and settles which one a loss has hit.
void H264Depacketizer::place(const RtpPacket& packet) {
  timestamp_ = packet.timestamp;
  const bool sameTime = packet.timestamp == unit_.timestamp;
  const bool inPicture = unit_.pictureBegun || unit_.oversized;
  if (inPicture && !sameTime && (lossAhead_ || !continuesPicture(packet.payload))) finish();
  if (lossAhead_ && !unit_.pictureBegun) unit_.headLost = true;
  lossAhead_ = false;
}

// Some cameras step the timestamp within a picture: the rest of a fragmented NAL unit and slices
// that do not begin a picture stay with it all the same.
bool H264Depacketizer::continuesPicture(ByteView payload) const {
  if (payload.empty()) return true;
  const bool fragment = h264::nalType(payload[0]) == kFuA && payload.size() > 2;
  if (fragment && unit_.open && !(payload[1] & kFuStart)) return true;
  if (!isSlice(beginningType(payload))) return false;
  const auto slice = h264::parseSliceHeader(fragment ? payload.subspan(1) : payload);
  return slice && slice->firstMb != 0;
}

void H264Depacketizer::takePayload(ByteView payload) {
  const uint8_t type = h264::nalType(payload[0]);
  if (type == kFuA) return takeFragment(payload);
  closeOpen();
  if (type == kStapA) return takeAggregate(payload);
  if (type < kFirstAggregate) return takeNals(payload);
  unit_.damaged = true;
}

// RFC 6184 section 5.7.1.
void H264Depacketizer::takeAggregate(ByteView payload) {
  payload = payload.subspan(1);
  while (payload.size() > 2) {
    const size_t size = size_t{payload[0]} << 8 | payload[1];
    payload = payload.subspan(2);
    if (size > payload.size()) {
      unit_.damaged = true;
      return;
    }
    takeNals(payload.first(size));
    payload = payload.subspan(size);
  }
}

// RFC 6184 section 5.8. The type is taken from the first fragment alone: Tiandy changes it in later
// ones. An end that is not marked is where the next NAL unit begins.
void H264Depacketizer::takeFragment(ByteView payload) {
  if (payload.size() < 2) return;
  if (payload.size() > 2 && payload[1] & kFuStart) openFragment(payload);
  if (!unit_.open) return missStart(h264::nalType(payload[1]));
  const ByteView piece = payload.subspan(2);
  if (!makeRoom(piece.size())) return;
  bytes_.insert(bytes_.end(), piece.begin(), piece.end());
  if (payload[1] & kFuEnd) closeOpen();
}

// The rest of a slice whose beginning was lost is a picture all the same, though not a whole one.
void H264Depacketizer::missStart(uint8_t type) {
  if (!h264::isPicture(type)) return;
  beginPicture(type == h264::kIdr);
  unit_.damaged = true;
}

void H264Depacketizer::openFragment(ByteView payload) {
  closeOpen();
  const uint8_t type = h264::nalType(payload[1]);
  if (h264::isPicture(type)) beginPicture(type == h264::kIdr);
  unit_.open = bytes_.size();
  bytes_.insert(bytes_.end(), kLengthBytes, 0);
  bytes_.push_back(static_cast<uint8_t>((payload[0] & 0x60) | type));
}

// V380 and others leave start codes inside: before the first NAL unit, or between several.
void H264Depacketizer::takeNals(ByteView nals) {
  if (nals.empty()) return;
  nal::splitAnnexB(nals, [this](ByteView nal) { takeNal(nal); });
}

void H264Depacketizer::takeNal(ByteView nal) {
  const uint8_t type = h264::nalType(nal[0]);
  if (type == h264::kSps || type == h264::kPps) sets_.add(nal);
  if (isLeftOut(type)) return;
  if (h264::isPicture(type)) beginPicture(type == h264::kIdr);
  if (!makeRoom(nal.size() + kLengthBytes)) return;
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes_.push_back(static_cast<uint8_t>(nal.size() >> shift));
  bytes_.insert(bytes_.end(), nal.begin(), nal.end());
  note(nal);
}

// The NAL unit that FU-A brought is whole: its length is written, unless it turns out to be several
// or one that does not belong into the unit.
void H264Depacketizer::closeOpen() {
  if (!unit_.open) return;
  const size_t start = *unit_.open + kLengthBytes;
  const ByteView whole = ByteView(bytes_).subspan(start);
  const ByteView nal = nal::withoutTrailingZeros(whole);
  if (isLeftOut(h264::nalType(whole[0])) || nal::findStartCode(whole) != whole.size()) {
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

void H264Depacketizer::dropOpen() {
  if (unit_.open) bytes_.resize(*unit_.open);
  unit_.open.reset();
}

void H264Depacketizer::note(ByteView nal) {
  const uint8_t type = h264::nalType(nal[0]);
  if (type == h264::kSei) unit_.recoveryPoint |= h264::hasRecoveryPoint(nal);
  if (!h264::isPicture(type)) return;
  if (isSlice(type)) noteSlice(nal);
  unit_.hasPicture = true;
  unit_.idr |= type == h264::kIdr;
  unit_.referred |= h264::nalRefIdc(nal[0]) != 0;
}

void H264Depacketizer::noteSlice(ByteView nal) {
  const auto slice = h264::parseSliceHeader(nal);
  if (!slice) {
    unit_.damaged = true;
    return;
  }
  unit_.picture = moreDependent(unit_.picture, slice->type);
  if (unit_.hasPicture) return;
  unit_.ppsId = slice->ppsId;
  unit_.hasFirstSlice = slice->firstMb == 0;
  if (unit_.hasFirstSlice) return;
  unit_.damaged = true;
  // The rest of a picture that a marker has ended already: from now on only time ends a unit.
  if (!unit_.headLost && lastTimestamp_ == unit_.timestamp) trustMarker_ = false;
}

// The unit's time is that of its first slice; parameter sets before it may have an older one.
void H264Depacketizer::beginPicture(bool idr) {
  if (unit_.pictureBegun) return;
  unit_.pictureBegun = true;
  unit_.timestamp = timestamp_;
  bytes_.reserve(bytes_.size() + expected_[idr]);
}

bool H264Depacketizer::makeRoom(size_t size) {
  if (!unit_.oversized && bytes_.size() + size <= kMaxUnitBytes) return true;
  unit_.oversized = true;
  unit_.open.reset();
  Bytes().swap(bytes_);
  return false;
}

void H264Depacketizer::finish() {
  closeOpen();
  const bool nothingLeft = unit_.oversized || (unit_.pictureBegun && !unit_.hasPicture);
  if (!nothingLeft && !unit_.hasPicture) return;
  if (!nothingLeft) deliver();
  reset();
  if (nothingLeft) lossAhead_ = true;
}

void H264Depacketizer::deliver() {
  const H264Parameters* changed = sets_.use(unit_.ppsId);
  if (changed) sink_.parameters(*changed);
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

// A recovery point counts where IDR pictures are missing (intra refresh, open groups of pictures),
// not in a stream that has them regularly.
bool H264Depacketizer::isKey() {
  ++unitsSinceIdr_;
  if (!unit_.idr) return unit_.recoveryPoint && unitsSinceIdr_ > 2 * idrDistance_;
  idrDistance_ = unitsSinceIdr_;
  unitsSinceIdr_ = 0;
  return true;
}

// Units are kept for seconds, so what was reserved in vain goes back.
Bytes H264Depacketizer::takeBytes() {
  size_t& expected = expected_[unit_.idr];
  expected = std::max(bytes_.size(), expected - expected / 8);
  if (bytes_.capacity() > bytes_.size() + bytes_.size() / 4 + kSlackBytes) bytes_.shrink_to_fit();
  return std::exchange(bytes_, {});
}

void H264Depacketizer::reset() {
  bytes_.clear();
  unit_ = {};
}

}  // namespace core
