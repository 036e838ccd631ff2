#pragma once

#include "core/bytes.hpp"
#include "core/h264.hpp"
#include "core/presentation_time.hpp"
#include "core/result.hpp"

#include <cstdint>
#include <map>

namespace core {

// The order in which pictures of H.264 are shown: ITU-T H.264 section 8.2.1, types 0 and 2. One
// thread.
class H264Order {
 public:
  // An access unit with start codes; its parameter sets are kept. What cannot be read stands where
  // the picture before it stands.
  Result<PictureOrder> read(ByteView unit);

 private:
  void learn(ByteView nal);
  const h264::Sps* spsOf(ByteView slice) const;
  Result<PictureOrder> place(ByteView slice, const h264::Sps& sps);
  int64_t countOf(uint32_t leastBits, const h264::Sps& sps, ByteView slice);

  PictureOrder last_;
  std::map<uint8_t, h264::Sps> sps_;
  std::map<uint8_t, uint8_t> spsOf_;  // by the id of a picture parameter set
  // Of the reference picture before: prevPicOrderCntMsb and prevPicOrderCntLsb.
  int64_t mostBits_ = 0;
  uint32_t leastBits_ = 0;
};

}  // namespace core
