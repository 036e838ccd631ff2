#include "core/reorder_buffer.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace core {
namespace {

using Order = std::vector<int>;

class Reorder : public testing::Test {
 protected:
  void push(int sequence, int ms = 0, uint32_t ssrc = 1, size_t size = 10) {
    buffer_.push({Bytes(size), ssrc, static_cast<uint16_t>(sequence), Micros{ms * 1000}});
  }
  void pushAll(const Order& numbers) {
    for (const int number : numbers) push(number);
  }

  Order given_;
  ReorderBuffer buffer_{[this](ReorderBuffer::Packet&& it) { given_.push_back(it.sequence); }};
};

TEST_F(Reorder, HoldsNothingWhileNothingIsMissing) {
  for (int i = 0; i < 10; ++i) {
    push(i);
    EXPECT_EQ(given_.size(), static_cast<size_t>(i) + 1);
    EXPECT_TRUE(buffer_.empty());
  }
}

TEST_F(Reorder, PutsPacketsInOrder) {
  pushAll({5, 8, 7, 6, 9});
  EXPECT_EQ(given_, (Order{5, 6, 7, 8, 9}));
  EXPECT_EQ(buffer_.dropped(), 0U);
}

TEST_F(Reorder, KeepsOrderWhereNumbersBeginAgainAtZero) {
  pushAll({65534, 0, 65535, 2, 1});
  EXPECT_EQ(given_, (Order{65534, 65535, 0, 1, 2}));
}

TEST_F(Reorder, DropsWhatComesTwice) {
  pushAll({1, 2, 2, 1, 4, 4, 3});
  EXPECT_EQ(given_, (Order{1, 2, 3, 4}));
  EXPECT_EQ(buffer_.dropped(), 3U);
}

TEST_F(Reorder, GivesUpAfterSomeTimeAndDropsWhatComesLater) {
  push(1, 0);
  push(3, 10);
  push(5, 30);
  buffer_.expire(Micros{59'000});
  EXPECT_EQ(given_, Order{1});
  buffer_.expire(Micros{60'000});
  EXPECT_EQ(given_, (Order{1, 3}));
  push(2, 61);
  push(6, 80);
  EXPECT_EQ(given_, (Order{1, 3, 5, 6}));
  EXPECT_EQ(buffer_.dropped(), 1U);
}

TEST_F(Reorder, HoldsSoManyPackets) {
  push(0);
  for (int i = 2; i < 257; ++i) push(i);
  EXPECT_EQ(given_.size(), 1U);
  push(257);
  EXPECT_EQ(given_.size(), 257U);
  EXPECT_TRUE(buffer_.empty());
}

TEST_F(Reorder, HoldsSoManyBytes) {
  push(0);
  for (int i = 2; i < 22; ++i) push(i, 0, 1, 50'000);
  EXPECT_EQ(given_.size(), 1U);
  push(22, 0, 1, 50'000);
  EXPECT_EQ(given_.size(), 22U);
}

TEST_F(Reorder, GoesOnAfterALongLoss) {
  pushAll({1, 2, 300, 301});
  EXPECT_EQ(given_, (Order{1, 2, 300, 301}));
  pushAll({20000, 20001, 20002, 20003, 20005, 20004});
  EXPECT_EQ(given_, (Order{1, 2, 300, 301, 20000, 20001, 20002, 20003, 20004, 20005}));
}

TEST_F(Reorder, FollowsAnotherSourceAfterFourPacketsInARow) {
  push(1);
  for (const int sequence : {70, 71, 72}) push(sequence, 0, 2);
  push(2);
  EXPECT_EQ(given_, (Order{1, 70, 71, 72, 2}));
  for (const int sequence : {73, 74, 75, 76, 78, 77}) push(sequence, 0, 2);
  EXPECT_EQ(given_, (Order{1, 70, 71, 72, 2, 73, 74, 75, 76, 77, 78}));
}

TEST_F(Reorder, GivesWhatItHoldsBeforeAnotherSource) {
  pushAll({1, 3});
  for (const int sequence : {50, 51, 52, 53}) push(sequence, 0, 2);
  EXPECT_EQ(given_, (Order{1, 50, 51, 52, 3, 53}));
}

}  // namespace
}  // namespace core
