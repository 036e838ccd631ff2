#pragma once

#include "core/audio_parameters.hpp"
#include "core/bit_reader.hpp"

#include <optional>

// AAC in LATM (ISO/IEC 14496-3 section 1.7): one program of one layer, as all senders have it.
namespace core::latm {

// StreamMuxConfig, section 1.7.3.
struct StreamMux {
  AacParameters aac;
  unsigned frames = 1;  // in each AudioMuxElement
  bool hasOtherData = false;  // behind them
};

// Leaves `bits` behind it; what is missing at its end is 0. Unset: nothing that is carried here.
std::optional<StreamMux> readStreamMux(BitReader& bits);

// PayloadLengthInfo and the unit that it is of; unset: cut short.
std::optional<Bytes> readUnit(BitReader& bits);

}  // namespace core::latm
