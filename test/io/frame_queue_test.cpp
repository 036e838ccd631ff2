#include "io/frame_queue.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace io {
namespace {

class FrameQueueTest : public testing::Test {
 protected:
  FrameQueueTest() {
    core::Epoch epoch;
    epoch.number = 1;
    epoch.tracks = {{core::Kind::video, "H264", 90000, core::H264Parameters{}},
                    {core::Kind::audio, "MPEG4-GENERIC", 48000, core::AacParameters{}}};
    queue_.epoch(std::make_shared<const core::Epoch>(epoch));
  }

  struct Shape {
    bool key = false;
    bool droppable = false;
    bool damaged = false;
    uint8_t track = 0;
    size_t size = 10;
  };
  void give(Shape shape) {
    core::Frame frame;
    frame.sequence = next_++;
    frame.key = shape.key;
    frame.droppable = shape.droppable;
    frame.damaged = shape.damaged;
    frame.track = shape.track;
    frame.payload = core::Bytes(shape.size);
    queue_.frame(std::make_shared<const core::Frame>(std::move(frame)));
  }
  // Everything that is waiting: "E" an epoch, numbers the frames, "end:REASON".
  std::string taken() {
    queue_.refuse("done");
    std::string text;
    Subscription::Item item;
    while (queue_.next(item)) {
      if (item.epoch) text += "E ";
      if (item.frame) text += std::to_string(item.frame->sequence) + " ";
      if (item.ended) return text + "end:" + item.reason;
      item = {};
    }
    return text + "interrupted";
  }

  FrameQueue queue_;
  uint64_t next_ = 0;
};

TEST_F(FrameQueueTest, GivesWhatCameInOrder) {
  give({.key = true});
  give({.track = 1});
  give({});
  EXPECT_EQ(taken(), "E 0 1 2 end:done");
}

TEST_F(FrameQueueTest, KeepsADamagedPictureAndWhatRefersToItFromItsTaker) {
  give({.key = true});
  give({.damaged = true});
  give({});
  give({.track = 1});
  give({.key = true});
  give({});
  EXPECT_EQ(taken(), "E 0 3 4 5 end:done");
}

TEST_F(FrameQueueTest, TellsHowManyPicturesWereLostBeforeTheNextOne) {
  give({.key = true, .size = 2'000'000});
  give({.droppable = true, .size = 5'000'000});
  give({.size = 2'000'000});
  give({.size = 7'000'000});
  give({.track = 1});
  give({});
  give({.key = true});
  std::vector<uint64_t> lost;
  queue_.refuse("done");
  for (Subscription::Item item; queue_.next(item) && !item.ended; item = {})
    if (item.frame) lost.push_back(item.lost);
  EXPECT_EQ(lost, (std::vector<uint64_t>{0, 1, 0, 2}));
}

TEST_F(FrameQueueTest, DropsFirstWhatNobodyRefersTo) {
  give({.key = true, .size = 2'000'000});
  give({.droppable = true, .size = 5'000'000});
  give({.size = 2'000'000});
  EXPECT_EQ(taken(), "E 0 2 end:done");
}

TEST_F(FrameQueueTest, DropsThenEverythingUpToTheNextKeyFrame) {
  give({.key = true, .size = 7'000'000});
  give({.size = 2'000'000});
  give({.size = 10});
  EXPECT_EQ(taken(), "E 0 end:done");
}

TEST_F(FrameQueueTest, GoesOnAtTheKeyFrameAfterADrop) {
  give({.key = true, .size = 7'000'000});
  give({.size = 2'000'000});
  Subscription::Item item;
  queue_.next(item);
  queue_.next(item);
  give({.size = 10});
  give({.key = true});
  EXPECT_EQ(taken(), "3 end:done");
}

TEST_F(FrameQueueTest, SaysNothingAfterTheEnd) {
  queue_.ended();
  give({.key = true});
  EXPECT_EQ(taken(), "E end:");
}

TEST_F(FrameQueueTest, AnInterruptWakesAWaitingTaker) {
  Subscription::Item item;
  queue_.next(item);
  std::thread taker([&] { EXPECT_FALSE(queue_.next(item)); });
  queue_.interrupt();
  taker.join();
  queue_.resume();
  give({.key = true});
  EXPECT_TRUE(queue_.next(item));
}

}  // namespace
}  // namespace io
