#pragma once

#include "core/packetizer.hpp"

#include <vector>

namespace core {

// RFC 6184, packetization mode 1: NAL units one by one, small neighbours together (STAP-A), large
// ones in pieces (FU-A). The parameter sets go ahead of every key frame, because a reader may begin
// with any of them and because they change without a new session description.
class H264Packetizer final : public Packetizer {
 public:
  explicit H264Packetizer(const H264Parameters& parameters);

  void packetize(const Frame& frame, size_t maxBytes, PayloadList& out) override;

 private:
  void take(ByteView nal, size_t maxBytes, PayloadList& out);
  void flush(PayloadList& out);

  std::vector<Bytes> sets_;
  std::vector<ByteView> small_;  // NAL units that share the packet to come
  size_t smallBytes_ = 0;  // of that packet, if it becomes a STAP-A
};

}  // namespace core
