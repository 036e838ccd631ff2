#include "io/tcp_writer.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>

namespace io {
namespace {

class TcpWriterTest : public testing::Test {
 protected:
  TcpWriterTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    peer_ = std::make_unique<Descriptor>(ends[0]);
    writer_ = std::make_unique<TcpWriter>(Descriptor(ends[1]));
  }
  static core::BlockRef block(uint8_t value, size_t size) {
    return core::makeBlock(core::Bytes(size, value));
  }
  core::Bytes receive(size_t most) const {
    core::Bytes bytes(most);
    const ssize_t size = recv(peer_->get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    bytes.resize(static_cast<size_t>(std::max<ssize_t>(size, 0)));
    return bytes;
  }

  std::unique_ptr<Descriptor> peer_;
  std::unique_ptr<TcpWriter> writer_;
};

constexpr size_t kMore = 4'000'000;  // than a kernel takes at once

TEST_F(TcpWriterTest, WritesAtOnceWhatIsTaken) {
  writer_->write(block(1, 3));
  EXPECT_TRUE(writer_->isEmpty());
  EXPECT_EQ(receive(10), (core::Bytes{1, 1, 1}));
}

TEST_F(TcpWriterTest, KeepsWhatIsNotTakenAndGoesOnInOrder) {
  const auto token = std::make_shared<int>(0);
  writer_->write(block(1, kMore), token);
  writer_->write(block(2, 5));
  EXPECT_FALSE(writer_->isEmpty());
  EXPECT_EQ(token.use_count(), 2);
  core::Bytes all;
  while (all.size() < kMore + 5) {
    const core::Bytes more = receive(kMore);
    all.insert(all.end(), more.begin(), more.end());
    writer_->flush();
  }
  EXPECT_TRUE(std::all_of(all.begin(), all.begin() + kMore, [](uint8_t it) { return it == 1; }));
  EXPECT_TRUE(std::all_of(all.begin() + kMore, all.end(), [](uint8_t it) { return it == 2; }));
  EXPECT_TRUE(writer_->isEmpty());
  EXPECT_EQ(token.use_count(), 1);
}

TEST_F(TcpWriterTest, TellsHowLongSomethingWaits) {
  EXPECT_EQ(writer_->age(), core::Micros{0});
  writer_->write(block(1, kMore));
  while (writer_->stalled() == core::Micros{0}) {
  }
  EXPECT_GE(writer_->age(), writer_->stalled());
}

TEST_F(TcpWriterTest, ThrowsAwayWhatNobodyWillTake) {
  writer_->write(block(1, kMore));
  peer_.reset();
  writer_->flush();
  EXPECT_TRUE(writer_->isEmpty());
  writer_->write(block(2, 5));
  EXPECT_TRUE(writer_->isEmpty());
}

}  // namespace
}  // namespace io
