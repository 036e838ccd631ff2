#include "listener.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <string>

namespace io {
namespace {

// An ingest that reads its connection, and the camera at the other end.
class TcpReaderTest : public testing::Test {
 protected:
  TcpReaderTest() {
    hub_.hold();
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    camera_ = std::make_unique<Descriptor>(ends[0]);
    ours_ = std::make_unique<Descriptor>(ends[1]);
    stream_ = hub_.openStream(listener_.owner, {"domain", "cam", 1'000'000, core::Micros{1}});
    ingest_ = hub_.openRtspIngest(listener_.owner, stream_, {});
  }
  ~TcpReaderTest() override {
    hub_.close(ingest_);
    hub_.close(stream_);
    listener_.wait<Closed>(stream_);
    hub_.letGo();
  }

  void say(const std::string& text) const {
    EXPECT_EQ(send(camera_->get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }
  bool isHungUp() const {
    char byte;
    return recv(camera_->get(), &byte, 1, 0) == 0;
  }
  std::string heard(size_t nth) { return listener_.wait<Text>(ingest_, nth).text; }

  Hub& hub_ = Hub::instance();
  Listener listener_;
  std::unique_ptr<Descriptor> camera_, ours_;
  Id stream_ = 0, ingest_ = 0;
};

const std::string kFirst = "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n";
const std::string kSecond = "RTSP/1.0 200 OK\r\nCSeq: 2\r\n\r\n";

TEST_F(TcpReaderTest, ComesBehindWhatWasFed) {
  const std::string half = kFirst.substr(0, 20);
  say(kFirst.substr(20) + kSecond);
  hub_.feed(ingest_, {reinterpret_cast<const uint8_t*>(half.data()), half.size()});
  hub_.read(ingest_, ours_->get());
  EXPECT_EQ(heard(0), kFirst);
  EXPECT_EQ(heard(1), kSecond);
}

TEST_F(TcpReaderTest, PutsTogetherWhatComesInPieces) {
  hub_.read(ingest_, ours_->get());
  say(kFirst + kSecond.substr(0, 5));
  EXPECT_EQ(heard(0), kFirst);
  say(kSecond.substr(5));
  EXPECT_EQ(heard(1), kSecond);
  EXPECT_EQ(hub_.streamStats(stream_)->bytes, kFirst.size() + kSecond.size());
}

TEST_F(TcpReaderTest, TellsThatThePeerHasClosedBehindItsLastWords) {
  hub_.read(ingest_, ours_->get());
  say(kFirst);
  camera_.reset();
  EXPECT_EQ(listener_.wait<Ended>(ingest_).reason, "");
  EXPECT_EQ(heard(0), kFirst);
}

TEST_F(TcpReaderTest, TellsWhatIsNoConnection) {
  hub_.read(ingest_, -1);
  EXPECT_EQ(listener_.wait<Ended>(ingest_).reason, "EBADF: dup: Bad file descriptor");
}

TEST_F(TcpReaderTest, LetsGoOfTheConnectionWhenItIsClosed) {
  hub_.read(ingest_, ours_->get());
  ours_.reset();
  say(kFirst);
  EXPECT_EQ(heard(0), kFirst);
  hub_.close(ingest_);
  EXPECT_TRUE(isHungUp());
}

}  // namespace
}  // namespace io
