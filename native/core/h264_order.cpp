#include "core/h264_order.hpp"

#include "core/bit_reader.hpp"
#include "core/nal.hpp"

#include <optional>

namespace core {

namespace {

constexpr uint32_t kMostReorderFrames = 16;  // annex A: MaxDpbFrames is at most 16
// As far as pic_order_cnt_lsb, whatever stands before it.
constexpr size_t kSliceStartBytes = 32;

// Section 7.3.3: pic_order_cnt_lsb.
std::optional<uint32_t> readLeastBits(ByteView slice, const h264::Sps& sps) {
  const Bytes rbsp = nal::unescape(slice.subspan(1), kSliceStartBytes);
  BitReader bits(rbsp);
  for (int skipped = 0; skipped < 3; ++skipped) bits.ue();  // first_mb_in_slice to the PPS
  if (sps.separatePlanes) bits.skip(2);
  bits.skip(sps.log2MaxFrameNum);
  const bool isField = !sps.frameMbsOnly && bits.flag();
  if (isField) bits.skip(1);
  if (h264::nalType(slice[0]) == h264::kIdr) bits.ue();  // idr_pic_id
  const uint32_t leastBits = bits.bits(sps.log2MaxPicOrderCntLsb);
  return bits.ok() ? std::optional(leastBits) : std::nullopt;
}

}  // namespace

Result<PictureOrder> H264Order::read(ByteView unit) {
  ByteView slice;
  nal::splitAnnexB(unit, [&](ByteView nal) {
    if (slice.empty() && h264::isPicture(h264::nalType(nal[0]))) slice = nal;
    if (slice.empty()) learn(nal);
  });
  const h264::Sps* sps = spsOf(slice);
  last_.restarts = false;
  if (!sps) return last_;
  auto order = place(slice, *sps);
  if (order) last_ = *order;
  return order;
}

void H264Order::learn(ByteView nal) {
  if (h264::nalType(nal[0]) == h264::kSps)
    if (auto sps = h264::parseSps(nal)) sps_[sps->id] = *sps;
  if (h264::nalType(nal[0]) == h264::kPps)
    if (const auto pps = h264::parsePps(nal)) spsOf_[pps->id] = pps->spsId;
}

// nullptr: not known.
const h264::Sps* H264Order::spsOf(ByteView slice) const {
  const auto header = h264::parseSliceHeader(slice);
  const auto id = header ? spsOf_.find(header->ppsId) : spsOf_.end();
  const auto sps = id == spsOf_.end() ? sps_.end() : sps_.find(id->second);
  return sps == sps_.end() ? nullptr : &sps->second;
}

Result<PictureOrder> H264Order::place(ByteView slice, const h264::Sps& sps) {
  PictureOrder order;
  order.restarts = h264::nalType(slice[0]) == h264::kIdr;
  order.depth = sps.maxReorderFrames.value_or(kMostReorderFrames);
  if (order.depth == 0) return order;
  if (sps.picOrderCntType != 0) return Reason{"pic_order_cnt_type is 1"};
  const auto leastBits = readLeastBits(slice, sps);
  if (!leastBits) return last_;
  order.count = countOf(*leastBits, sps, slice);
  return order;
}

// Section 8.2.1.1.
int64_t H264Order::countOf(uint32_t leastBits, const h264::Sps& sps, ByteView slice) {
  const int64_t range = int64_t{1} << sps.log2MaxPicOrderCntLsb;
  if (h264::nalType(slice[0]) == h264::kIdr) mostBits_ = leastBits_ = 0;
  const int64_t step = int64_t{leastBits} - leastBits_;
  int64_t mostBits = mostBits_;
  if (step <= -range / 2) mostBits += range;
  if (step > range / 2) mostBits -= range;
  if (h264::nalRefIdc(slice[0]) != 0) {
    mostBits_ = mostBits;
    leastBits_ = leastBits;
  }
  return mostBits + leastBits;
}

}  // namespace core
