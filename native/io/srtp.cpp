#include "io/srtp.hpp"

#include <srtp2/srtp.h>

#include <mutex>

namespace io {

namespace {

constexpr size_t kKeyBytes = 30;
// As many packets may overtake each other as a reorder buffer waits for, and more.
constexpr unsigned long kReplayWindow = 1024;

// GStreamer's elements start the same library; it may be started twice.
bool isStarted() {
  static std::once_flag once;
  static bool started = false;
  std::call_once(once, [] { started = srtp_init() == srtp_err_status_ok; });
  return started;
}

srtp_policy_t policyOf(const SrtpKey& key, core::Bytes& master) {
  srtp_policy_t policy{};
  if (key.shortTag)
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp);
  else
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
  policy.key = master.data();
  policy.window_size = kReplayWindow;
  return policy;
}

}  // namespace

std::unique_ptr<Srtp> Srtp::make(const SrtpKey& key, Way way,
                                 const std::vector<SrtpSource>& sources) {
  if (key.key.size() != kKeyBytes || !isStarted()) return nullptr;
  core::Bytes master = key.key;
  srtp_policy_t policy = policyOf(key, master);
  policy.ssrc.type = way == Way::in ? ssrc_any_inbound : ssrc_any_outbound;
  srtp_t context = nullptr;
  if (srtp_create(&context, &policy) != srtp_err_status_ok) return nullptr;
  std::unique_ptr<Srtp> made(new Srtp(context));
  for (const SrtpSource& source : sources) {
    if (source.rollovers == 0) continue;
    policy.ssrc = {ssrc_specific, source.ssrc};
    if (srtp_add_stream(context, &policy) == srtp_err_status_ok)
      srtp_set_stream_roc(context, source.ssrc, source.rollovers);
  }
  return made;
}

Srtp::~Srtp() { srtp_dealloc(context_); }

Srtp::Opened Srtp::open(core::Bytes& packet, bool isRtcp) {
  int size = static_cast<int>(packet.size());
  const auto status = isRtcp ? srtp_unprotect_rtcp(context_, packet.data(), &size)
                             : srtp_unprotect(context_, packet.data(), &size);
  if (status == srtp_err_status_replay_fail || status == srtp_err_status_replay_old)
    return Opened::again;
  if (status != srtp_err_status_ok) return Opened::no;
  packet.resize(static_cast<size_t>(size));
  return Opened::yes;
}

bool Srtp::protect(core::Bytes& packet, bool isRtcp, size_t from) {
  int size = static_cast<int>(packet.size() - from);
  packet.resize(packet.size() + SRTP_MAX_TRAILER_LEN + 4);
  const auto status = isRtcp ? srtp_protect_rtcp(context_, packet.data() + from, &size)
                             : srtp_protect(context_, packet.data() + from, &size);
  packet.resize(from + static_cast<size_t>(size));
  return status == srtp_err_status_ok;
}

}  // namespace io
