#pragma once

#include "core/bytes.hpp"

#include <cstdint>
#include <memory>
#include <vector>

// libsrtp2's own handle; its header stays out of ours.
struct srtp_ctx_t_;

namespace io {

// A master key of SRTP with its salt (RFC 3711 section 3.2.1): AES-CM with 128 bits and HMAC-SHA1.
struct SrtpKey {
  core::Bytes key;  // 30 bytes
  bool shortTag = false;  // of 32 bits instead of 80, on RTP; RTCP has 80 always (RFC 4568)
};

// A source whose sequence numbers have passed 0 already: whoever comes late cannot know.
struct SrtpSource {
  uint32_t ssrc = 0;
  uint32_t rollovers = 0;
};

// One direction of one track. Nothing of it is locked.
class Srtp {
 public:
  enum class Way { in, out };
  enum class Opened {
    yes,
    again,  // it came before, or is too old to tell
    no,  // whoever made it does not have the key
  };

  // nullptr: the key is none.
  static std::unique_ptr<Srtp> make(const SrtpKey& key, Way way,
                                    const std::vector<SrtpSource>& sources = {});
  ~Srtp();
  Srtp(const Srtp&) = delete;
  Srtp& operator=(const Srtp&) = delete;

  // In place.
  Opened open(core::Bytes& packet, bool isRtcp);
  // In place, behind what `packet` may hold already up to `from`. False: it is no packet.
  bool protect(core::Bytes& packet, bool isRtcp, size_t from = 0);

 private:
  explicit Srtp(srtp_ctx_t_* context) : context_(context) {}

  srtp_ctx_t_* const context_;
};

}  // namespace io
