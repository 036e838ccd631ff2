#include "core/h264_sets.hpp"

#include "core/h264.hpp"

#include <algorithm>

namespace core {

namespace {

// Sets are kept for good, so what a stranger can make us keep is bounded: 288 of this size.
constexpr size_t kMaxSetBytes = 4096;

bool same(const Bytes& known, ByteView nal) {
  return std::equal(known.begin(), known.end(), nal.begin(), nal.end());
}

}  // namespace

void H264Sets::add(ByteView nal) {
  if (nal.empty() || nal.size() > kMaxSetBytes) return;
  const uint8_t type = h264::nalType(nal[0]);
  if (type == h264::kSps) addSps(nal);
  if (type == h264::kPps) addPps(nal);
}

void H264Sets::addSps(ByteView nal) {
  // Cameras repeat their sets with every key frame: nothing is parsed for that.
  for (const auto& [id, known] : sps_)
    if (same(known, nal)) return;
  const auto sps = h264::parseSps(nal);
  if (!sps) return;
  sps_[sps->id] = Bytes(nal.begin(), nal.end());
  changed_ = true;
}

void H264Sets::addPps(ByteView nal) {
  for (const auto& [id, known] : pps_)
    if (same(known.nal, nal)) return;
  const auto pps = h264::parsePps(nal);
  if (!pps) return;
  pps_[pps->id] = {Bytes(nal.begin(), nal.end()), pps->spsId};
  changed_ = true;
}

const H264Parameters* H264Sets::use(uint8_t ppsId) {
  const auto pps = pps_.find(ppsId);
  if (pps == pps_.end()) return nullptr;
  const uint8_t spsId = pps->second.spsId;
  if (current_ && !changed_ && spsId == usedSps_) return nullptr;
  const auto sps = sps_.find(spsId);
  if (sps == sps_.end()) return nullptr;
  auto made = H264Parameters::fromSets(sps->second, ppsOf(spsId));
  if (!made) return nullptr;
  changed_ = false;
  usedSps_ = spsId;
  if (current_ == *made) return nullptr;
  current_ = std::move(*made);
  return &*current_;
}

const H264Parameters* H264Sets::useAny() {
  for (const auto& [id, pps] : pps_)
    if (sps_.contains(pps.spsId)) return use(id);
  return nullptr;
}

bool H264Sets::knows(uint8_t ppsId) const {
  const auto pps = pps_.find(ppsId);
  return pps != pps_.end() && sps_.contains(pps->second.spsId);
}

std::vector<Bytes> H264Sets::ppsOf(uint8_t spsId) const {
  std::vector<Bytes> sets;
  for (const auto& [id, pps] : pps_)
    if (pps.spsId == spsId) sets.push_back(pps.nal);
  return sets;
}

}  // namespace core
