#pragma once

#include "core/bytes.hpp"
#include "core/track.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace core {

// The parameter sets of an H.264 stream, by id, and which of them its pictures use.
class H264Sets {
 public:
  // An SPS or PPS as NAL unit without start code. What cannot be understood is ignored.
  void add(ByteView nal);

  // Call before a picture whose slices name `ppsId`. Gives the parameters when they are other than
  // those given last; nullptr when they are the same, or when a set is missing.
  const H264Parameters* use(uint8_t ppsId);

  // As use() with the first PPS that has its SPS.
  const H264Parameters* useAny();

  bool knows(uint8_t ppsId) const;
  bool ready() const { return current_.has_value(); }

 private:
  struct Pps {
    Bytes nal;
    uint8_t spsId = 0;
  };
  void addSps(ByteView nal);
  void addPps(ByteView nal);
  std::vector<Bytes> ppsOf(uint8_t spsId) const;

  std::map<uint8_t, Bytes> sps_;
  std::map<uint8_t, Pps> pps_;
  std::optional<H264Parameters> current_;
  uint8_t usedSps_ = 0;
  bool changed_ = false;  // a set since the last use()
};

}  // namespace core
