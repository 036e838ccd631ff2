#include "core/nal_packetizer.hpp"

#include "core/h264.hpp"
#include "core/h265.hpp"

#include <algorithm>
#include <utility>

namespace core {

namespace {

constexpr size_t kAvccLength = 4;
constexpr uint8_t kFuStart = 0x80;
constexpr uint8_t kFuEnd = 0x40;

// RFC 6184 table 1.
constexpr uint8_t kStapAType = 24;
constexpr uint8_t kFuAType = 28;
constexpr uint8_t kImportance = 0x60;  // nal_ref_idc

// Section 5.7.1: a STAP-A is as important as the most important of its units.
constexpr NalPacketizer::Format kH264{
    .headerBytes = 1,
    .canTravel =
        [](ByteView nal) {
          return !nal.empty() && h264::nalType(nal[0]) > 0 && h264::nalType(nal[0]) < kStapAType;
        },
    .openAggregate =
        [](std::span<const ByteView> nals, PayloadList& out) {
          uint8_t importance = 0;
          for (const ByteView nal : nals)
            importance = std::max<uint8_t>(importance, nal[0] & kImportance);
          out.add({static_cast<uint8_t>(importance | kStapAType)});
        },
    .openFragment =
        [](ByteView nal, uint8_t edge, PayloadList& out) {
          out.add({static_cast<uint8_t>((nal[0] & kImportance) | kFuAType),
                   static_cast<uint8_t>(edge | h264::nalType(nal[0]))});
        },
};

// RFC 7798 section 4.4.
constexpr uint8_t kAp = 48;
constexpr uint8_t kFu = 49;

// Section 4.4.2: an AP has the lowest layer and temporal id of its units.
constexpr NalPacketizer::Format kH265{
    .headerBytes = 2,
    .canTravel = [](ByteView nal) { return nal.size() > 2 && h265::nalType(nal[0]) < kAp; },
    .openAggregate =
        [](std::span<const ByteView> nals, PayloadList& out) {
          uint8_t temporalId = 7;
          for (const ByteView nal : nals) temporalId = std::min<uint8_t>(temporalId, nal[1] & 7);
          out.add({kAp << 1, temporalId});
        },
    .openFragment =
        [](ByteView nal, uint8_t edge, PayloadList& out) {
          out.add({static_cast<uint8_t>((nal[0] & 0x81) | kFu << 1), nal[1],
                   static_cast<uint8_t>(edge | h265::nalType(nal[0]))});
        },
};

// Calls take(ByteView) for each NAL unit behind its length.
template <typename Take>
void forEachNal(ByteView unit, Take take) {
  while (unit.size() > kAvccLength) {
    const size_t size =
        size_t{unit[0]} << 24 | size_t{unit[1]} << 16 | size_t{unit[2]} << 8 | unit[3];
    unit = unit.subspan(kAvccLength);
    if (size > unit.size()) return;
    take(unit.first(size));
    unit = unit.subspan(size);
  }
}

}  // namespace

NalPacketizer::NalPacketizer(const H264Parameters& parameters) : format_(kH264) {
  keep({parameters.sps});
  keep(parameters.pps);
}

NalPacketizer::NalPacketizer(const H265Parameters& parameters) : format_(kH265) {
  keep({parameters.vps, parameters.sps});
  keep(parameters.pps);
}

void NalPacketizer::keep(std::vector<Bytes> sets) {
  for (Bytes& set : sets)
    if (format_.canTravel(set)) sets_.push_back(std::move(set));
}

void NalPacketizer::packetize(const Frame& frame, size_t maxBytes, PayloadList& out) {
  const size_t before = out.size();
  if (frame.key)
    for (const Bytes& set : sets_) take(set, maxBytes, out);
  // On their own: some decoders look for them in a packet that holds nothing else.
  flush(out);
  forEachNal(frame.payload, [&](ByteView nal) {
    if (format_.canTravel(nal)) take(nal, maxBytes, out);
  });
  flush(out);
  if (out.size() > before) out.mark();
}

void NalPacketizer::take(ByteView nal, size_t maxBytes, PayloadList& out) {
  const size_t more = nal.size() + 2;
  if (!small_.empty() && smallBytes_ + more > maxBytes) flush(out);
  if (nal.size() > maxBytes) return addFragments(nal, maxBytes, out);
  if (small_.empty()) smallBytes_ = format_.headerBytes;
  small_.push_back(nal);
  smallBytes_ += more;
}

// RFC 6184 section 5.8, RFC 7798 section 4.4.3.
void NalPacketizer::addFragments(ByteView nal, size_t maxBytes, PayloadList& out) const {
  const size_t room = maxBytes - format_.headerBytes - 1;
  uint8_t edge = kFuStart;
  for (ByteView rest = nal.subspan(format_.headerBytes); !rest.empty();) {
    const ByteView piece = rest.first(std::min(rest.size(), room));
    rest = rest.subspan(piece.size());
    if (rest.empty()) edge |= kFuEnd;
    out.open();
    format_.openFragment(nal, edge, out);
    out.add(piece);
    edge = 0;
  }
}

void NalPacketizer::flush(PayloadList& out) {
  if (small_.empty()) return;
  out.open();
  if (small_.size() > 1) format_.openAggregate(small_, out);
  for (const ByteView nal : small_) {
    if (small_.size() > 1)
      out.add({static_cast<uint8_t>(nal.size() >> 8), static_cast<uint8_t>(nal.size())});
    out.add(nal);
  }
  small_.clear();
}

}  // namespace core
