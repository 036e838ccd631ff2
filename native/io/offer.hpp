#pragma once

#include "io/owner.hpp"
#include "io/unit_inbox.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace io {

// A pipeline that would publish to a path which it is not the source of. Emits Offered with its
// first unit and waits for the answer; emits Withdrawn when it rests (Offered comes again with the
// next unit) and when it is let go. All methods: any thread.
class Offer final : public Publisher {
 public:
  Offer(Id id, OwnerRef owner, std::string domain, std::string path);
  ~Offer() override;

  void begin(std::vector<core::Track> tracks) override;
  bool push(RawUnit&& unit) override;
  void setPlaying(bool playing) override;
  void interrupt() override;
  void resume() override;
  std::string refusal() override;

  // The answers; refuse() also takes back what was accepted.
  void accept(std::shared_ptr<UnitInbox> inbox);
  void refuse(std::string reason);

 private:
  std::shared_ptr<UnitInbox> awaitAnswer();

  const Id id_;
  const OwnerRef owner_;
  const std::string domain_;
  const std::string path_;
  std::mutex mutex_;  // guards what follows; nothing is emitted with it held
  std::condition_variable changed_;
  std::vector<core::Track> tracks_;
  std::shared_ptr<UnitInbox> inbox_;
  std::string refusal_;
  bool offered_ = false;
  bool playing_ = false;
  bool interrupted_ = false;
};

}  // namespace io
