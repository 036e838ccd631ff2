#pragma once

#include "core/bytes.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace core {

// A parameter set of H.264 or H.265, as far as it names others.
struct SetFacts {
  enum class Level : uint8_t { vps, sps, pps } level;
  uint8_t id = 0;
  uint8_t refersTo = 0;  // SPS: id of its VPS; PPS: id of its SPS
  uint8_t extraSliceBits = 0;  // PPS of H.265: num_extra_slice_header_bits
};

// The parameter sets of a stream, by id, and which of them its pictures use. `Codec` says what is
// one (`identify`), which of three levels there are (`kHasVps`), and makes its `Parameters`.
template <typename Codec>
class ParameterSets {
 public:
  using Parameters = typename Codec::Parameters;

  // A parameter set as NAL unit without start code. What cannot be understood is ignored.
  void add(ByteView nal) {
    if (nal.empty() || nal.size() > kMaxSetBytes) return;
    // Cameras repeat their sets with every key frame: nothing is parsed for that.
    for (const auto& level : levels_)
      for (const auto& [id, known] : level)
        if (std::equal(known.nal.begin(), known.nal.end(), nal.begin(), nal.end())) return;
    const std::optional<SetFacts> facts = Codec::identify(nal);
    if (!facts) return;
    levelOf(facts->level)[facts->id] = {Bytes(nal.begin(), nal.end()), *facts};
    changed_ = true;
  }

  // Call before a picture whose slices name `ppsId`. Gives the parameters when they are other than
  // those given last; nullptr when they are the same, or when a set is missing.
  const Parameters* use(uint8_t ppsId) {
    const Set* pps = find(Level::pps, ppsId);
    if (!pps) return nullptr;
    const uint8_t spsId = pps->facts.refersTo;
    if (current_ && !changed_ && spsId == usedSps_) return nullptr;
    const Set* sps = find(Level::sps, spsId);
    const Set* vps = sps && Codec::kHasVps ? find(Level::vps, sps->facts.refersTo) : nullptr;
    if (!sps || (Codec::kHasVps && !vps)) return nullptr;
    auto made = Codec::parametersOf(vps ? vps->nal : Bytes(), sps->nal, ppsOf(spsId));
    if (!made) return nullptr;
    changed_ = false;
    usedSps_ = spsId;
    if (current_ == *made) return nullptr;
    current_ = std::move(*made);
    return &*current_;
  }

  // As use() with the first PPS that has all it refers to.
  const Parameters* useAny() {
    for (const auto& [id, pps] : levelOf(Level::pps))
      if (knows(id)) return use(id);
    return nullptr;
  }

  bool knows(uint8_t ppsId) const {
    const Set* pps = find(Level::pps, ppsId);
    const Set* sps = pps ? find(Level::sps, pps->facts.refersTo) : nullptr;
    return sps && (!Codec::kHasVps || find(Level::vps, sps->facts.refersTo));
  }
  bool ready() const { return current_.has_value(); }

  // nullptr: not known.
  const SetFacts* pps(uint8_t id) const {
    const Set* set = find(Level::pps, id);
    return set ? &set->facts : nullptr;
  }

 private:
  using Level = SetFacts::Level;
  struct Set {
    Bytes nal;
    SetFacts facts;
  };
  using Sets = std::map<uint8_t, Set>;

  // Sets are kept for good, so what a stranger can make us keep is bounded: 288 of this size.
  static constexpr size_t kMaxSetBytes = 4096;

  Sets& levelOf(Level level) { return levels_[static_cast<size_t>(level)]; }
  const Set* find(Level level, uint8_t id) const {
    const Sets& sets = levels_[static_cast<size_t>(level)];
    const auto found = sets.find(id);
    return found == sets.end() ? nullptr : &found->second;
  }
  std::vector<Bytes> ppsOf(uint8_t spsId) {
    std::vector<Bytes> sets;
    for (const auto& [id, pps] : levelOf(Level::pps))
      if (pps.facts.refersTo == spsId) sets.push_back(pps.nal);
    return sets;
  }

  std::array<Sets, 3> levels_;
  std::optional<Parameters> current_;
  uint8_t usedSps_ = 0;
  bool changed_ = false;  // a set since the last use()
};

}  // namespace core
