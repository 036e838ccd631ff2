#pragma once

#include "core/packetizer.hpp"

#include <span>
#include <vector>

namespace core {

// RFC 6184 in packetization mode 1, and RFC 7798: NAL units one by one, small neighbours together
// (STAP-A, AP), large ones in pieces (FU-A, FU). The parameter sets go ahead of every key frame,
// because a reader may begin with any of them and because they change without a new session
// description.
class NalPacketizer final : public Packetizer {
 public:
  // How the payload formats of the two codecs differ.
  struct Format {
    size_t headerBytes;  // of a NAL unit
    bool (*canTravel)(ByteView nal);  // it is none of the packet types
    void (*openAggregate)(std::span<const ByteView> nals, PayloadList& out);
    void (*openFragment)(ByteView nal, uint8_t edge, PayloadList& out);
  };
  explicit NalPacketizer(const H264Parameters& parameters);
  explicit NalPacketizer(const H265Parameters& parameters);

  void packetize(const Frame& frame, size_t maxBytes, PayloadList& out) override;

 private:
  void take(ByteView nal, size_t maxBytes, PayloadList& out);
  void flush(PayloadList& out);

  void keep(std::vector<Bytes> sets);
  void addFragments(ByteView nal, size_t maxBytes, PayloadList& out) const;

  const Format& format_;
  std::vector<Bytes> sets_;
  std::vector<ByteView> small_;  // NAL units that share the packet to come
  size_t smallBytes_ = 0;  // of that packet, if it becomes an aggregate
};

}  // namespace core
