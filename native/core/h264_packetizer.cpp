#include "core/h264_packetizer.hpp"

#include "core/h264.hpp"

#include <algorithm>

namespace core {

namespace {

constexpr size_t kLengthBytes = 4;
// RFC 6184 table 1.
constexpr uint8_t kStapA = 24;
constexpr uint8_t kFuA = 28;
constexpr uint8_t kFuStart = 0x80;
constexpr uint8_t kFuEnd = 0x40;
constexpr uint8_t kImportance = 0x60;  // nal_ref_idc

bool canTravel(ByteView nal) {
  const uint8_t type = nal.empty() ? 0 : h264::nalType(nal[0]);
  return type > 0 && type < kStapA;
}

// Calls take(ByteView) for each NAL unit behind its length.
template <typename Take>
void forEachNal(ByteView unit, Take take) {
  while (unit.size() > kLengthBytes) {
    const size_t size =
        size_t{unit[0]} << 24 | size_t{unit[1]} << 16 | size_t{unit[2]} << 8 | unit[3];
    unit = unit.subspan(kLengthBytes);
    if (size > unit.size()) return;
    if (canTravel(unit.first(size))) take(unit.first(size));
    unit = unit.subspan(size);
  }
}

// RFC 6184 section 5.8.
void addFragments(ByteView nal, size_t maxBytes, PayloadList& out) {
  const auto indicator = static_cast<uint8_t>((nal[0] & kImportance) | kFuA);
  const uint8_t type = h264::nalType(nal[0]);
  uint8_t edge = kFuStart;
  for (ByteView rest = nal.subspan(1); !rest.empty();) {
    const ByteView piece = rest.first(std::min(rest.size(), maxBytes - 2));
    rest = rest.subspan(piece.size());
    if (rest.empty()) edge |= kFuEnd;
    out.open();
    out.add({indicator, static_cast<uint8_t>(edge | type)});
    out.add(piece);
    edge = 0;
  }
}

}  // namespace

H264Packetizer::H264Packetizer(const H264Parameters& parameters) {
  sets_.push_back(parameters.sps);
  sets_.insert(sets_.end(), parameters.pps.begin(), parameters.pps.end());
  std::erase_if(sets_, [](const Bytes& set) { return !canTravel(set); });
}

void H264Packetizer::packetize(const Frame& frame, size_t maxBytes, PayloadList& out) {
  const size_t before = out.size();
  if (frame.key)
    for (const Bytes& set : sets_) take(set, maxBytes, out);
  // On their own: some decoders look for them in a packet that holds nothing else.
  flush(out);
  forEachNal(frame.payload, [&](ByteView nal) { take(nal, maxBytes, out); });
  flush(out);
  if (out.size() > before) out.mark();
}

void H264Packetizer::take(ByteView nal, size_t maxBytes, PayloadList& out) {
  const size_t more = nal.size() + 2;
  if (!small_.empty() && smallBytes_ + more > maxBytes) flush(out);
  if (nal.size() > maxBytes) return addFragments(nal, maxBytes, out);
  if (small_.empty()) smallBytes_ = 1;
  small_.push_back(nal);
  smallBytes_ += more;
}

// RFC 6184 section 5.7.1: a STAP-A is as important as the most important of its units.
void H264Packetizer::flush(PayloadList& out) {
  if (small_.empty()) return;
  out.open();
  if (small_.size() > 1) {
    uint8_t importance = 0;
    for (const ByteView nal : small_)
      importance = std::max<uint8_t>(importance, nal[0] & kImportance);
    out.add({static_cast<uint8_t>(importance | kStapA)});
  }
  for (const ByteView nal : small_) {
    if (small_.size() > 1)
      out.add({static_cast<uint8_t>(nal.size() >> 8), static_cast<uint8_t>(nal.size())});
    out.add(nal);
  }
  small_.clear();
}

}  // namespace core
