#include "core/packet_nals.hpp"
#include "core/packet_oddities.hpp"
#include "fuzz/input.hpp"

namespace core {
namespace {

void run(Input input) {
  const bool isH265 = input.byte() & 1;
  const ByteView payload = input.all();
  const PacketNals nals = nalsOf(isH265 ? "H265" : "H264", payload);
  require(nals.types.size() <= payload.size());
  require(nals.piece == NalPiece::whole || nals.types.size() == 1);
  for (const uint8_t type : nals.types) require(type < (isH265 ? 64 : 32));
  require(nalsOf("OPUS", payload).types.empty());
  require(odditiesOf(isH265 ? "H265" : "H264", payload).size() <= 3);
  require(odditiesOf("MPEG4-GENERIC", payload).size() <= 1);
}

}  // namespace
}  // namespace core

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  core::run({data, size});
  return 0;
}
