#include "io/udp_backlog.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace io {
namespace {

using core::Bytes;
using core::Micros;

constexpr size_t kPacket = 1004;  // with what it has in front

core::BlockRef blockOf(size_t packets) {
  Bytes block;
  for (size_t i = 0; i < packets; ++i) {
    block.insert(block.end(), {'$', 0, 1000 >> 8, 1000 & 255});
    block.resize(block.size() + 1000);
  }
  return core::makeBlock(std::move(block));
}

std::deque<core::BlockRef> blocks(std::vector<size_t> packets) {
  std::deque<core::BlockRef> made;
  for (const size_t count : packets) made.push_back(blockOf(count));
  return made;
}

size_t takeAll(UdpBacklog& backlog, Micros at) {
  size_t bytes = 0;
  for (;;) {
    const UdpBacklog::Part part = backlog.take(at);
    if (part.packets.empty()) return bytes / kPacket;
    EXPECT_EQ(part.packets.size() % kPacket, 0u);
    bytes += part.packets.size();
  }
}

TEST(UdpBacklog, BeginsWithWhatReceiveBuffersHoldAndGoesOnAtItsPace) {
  UdpBacklog backlog(blocks({20, 100}), 1'000'000);
  EXPECT_EQ(takeAll(backlog, Micros{5'000'000}), 22u);
  EXPECT_EQ(takeAll(backlog, Micros{5'000'000}), 0u);
  EXPECT_NEAR(takeAll(backlog, Micros{5'010'000}), 6, 1);
  // A sender that is late makes up for no more than the first burst.
  EXPECT_NEAR(takeAll(backlog, Micros{6'000'000}), 21, 1);
  EXPECT_FALSE(backlog.isOver());
}

TEST(UdpBacklog, OfSmallPacketsNoMoreLeaveAtOnceThanReceiveBuffersHold) {
  Bytes block;
  for (int i = 0; i < 1000; ++i) {
    block.insert(block.end(), {'$', 0, 0, 20});
    block.resize(block.size() + 20);
  }
  UdpBacklog backlog({core::makeBlock(std::move(block))}, 1'000'000);
  size_t bytes = 0;
  for (;;) {
    const UdpBacklog::Part part = backlog.take(Micros{5'000'000});
    if (part.packets.empty()) break;
    bytes += part.packets.size();
  }
  // A buffer of Linux has room for 270 of them.
  EXPECT_LT(bytes / 24, 70u);
  EXPECT_GT(bytes / 24, 50u);
}

TEST(UdpBacklog, TakesBlocksUntilItIsOver) {
  UdpBacklog backlog(blocks({1}), 1'000'000);
  EXPECT_TRUE(backlog.add(blockOf(1)));
  EXPECT_EQ(takeAll(backlog, Micros{1}), 2u);
  EXPECT_TRUE(backlog.isOver());
  EXPECT_FALSE(backlog.add(blockOf(1)));
  EXPECT_EQ(takeAll(backlog, Micros{2}), 0u);
}

TEST(UdpBacklog, IsOverWhenItsReaderIsGone) {
  UdpBacklog backlog(blocks({100}), 1'000'000);
  backlog.drop();
  EXPECT_TRUE(backlog.isOver());
  EXPECT_FALSE(backlog.add(blockOf(1)));
  EXPECT_EQ(takeAll(backlog, Micros{1}), 0u);
}

TEST(UdpBacklog, ABlockThatHasLeftWholeIsHeldNoLonger) {
  const core::BlockRef block = blockOf(1);
  UdpBacklog backlog({block}, 1'000'000);
  EXPECT_EQ(takeAll(backlog, Micros{1}), 1u);
  EXPECT_EQ(block.use_count(), 1);
}

}  // namespace
}  // namespace io
