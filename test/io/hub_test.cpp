#include "io/hub.hpp"

#include "core/hex.hpp"
#include "listener.hpp"

#include <gtest/gtest.h>

#include <string>

namespace io {
namespace {

class HubTest : public testing::Test {
 protected:
  HubTest() { hub_.hold(); }
  ~HubTest() override { hub_.letGo(); }

  Id openStream(const std::string& path = "cam") {
    return hub_.openStream(listener_.owner, {"domain", path, 1'000'000, core::Micros{1'000'000}});
  }
  std::shared_ptr<Publisher> publish(Id pipeline = 1000) {
    hub_.registerPipeline(listener_.owner, pipeline, "domain", "cam");
    auto publisher = hub_.publish(pipeline, "cam");
    hub_.unregisterPipeline(pipeline);
    if (publisher) publisher->begin({{core::Kind::video, "H264", 90000, core::H264Parameters{}}});
    return publisher;
  }
  static RawUnit unit(bool key, size_t size = 10) {
    RawUnit made;
    made.key = key;
    made.payload = core::Bytes(size);
    return made;
  }

  Hub& hub_ = Hub::instance();
  Listener listener_;
};

TEST_F(HubTest, WhatAPipelinePublishesBeginsAnEpoch) {
  const Id stream = openStream();
  auto publisher = publish();
  EXPECT_TRUE(publisher->push(unit(true)));
  EXPECT_EQ(listener_.wait<EpochBegan>(stream).epoch->number, 1u);
  hub_.close(stream);
  listener_.wait<Closed>(stream);
}

TEST_F(HubTest, APathThatIsNotOpenCannotBePublished) { EXPECT_EQ(publish(), nullptr); }

TEST_F(HubTest, AClosedStreamSendsItsPublisherAway) {
  const Id stream = openStream();
  auto publisher = publish();
  hub_.close(stream);
  listener_.wait<Closed>(stream);
  EXPECT_FALSE(publisher->push(unit(true)));
}

TEST_F(HubTest, AnInterruptedPublisherDoesNotWaitForRoom) {
  const Id stream = openStream();
  auto publisher = publish();
  publisher->interrupt();
  EXPECT_FALSE(publisher->push(unit(true)));
  publisher->resume();
  EXPECT_TRUE(publisher->push(unit(true)));
  hub_.close(stream);
  listener_.wait<Closed>(stream);
}

TEST_F(HubTest, AnEarlierStreamOfTheSamePathDoesNotTakeItsSuccessorAway) {
  const Id first = openStream();
  const Id second = openStream();
  hub_.close(first);
  EXPECT_NE(publish(), nullptr);
  hub_.close(second);
  EXPECT_EQ(publish(), nullptr);
  listener_.wait<Closed>(second);
}

TEST_F(HubTest, ATakerGetsTheStreamThatItsWishIsAnsweredWith) {
  const Id stream = openStream();
  publish()->push(unit(true));
  listener_.wait<EpochBegan>(stream);
  hub_.registerPipeline(listener_.owner, 2000, "domain", "");
  auto taker = hub_.want(2000, "cam", {"other"});
  const Id request = listener_.waitForAny<Wanted>();
  EXPECT_EQ(listener_.wait<Wanted>(request).feeds, std::vector<std::string>{"other"});
  const Id output = hub_.openQueue(listener_.owner, stream, request);
  Subscription::Item item;
  EXPECT_TRUE(taker->next(item));
  EXPECT_EQ(item.epoch->number, 1u);
  EXPECT_TRUE(taker->next(item));
  EXPECT_TRUE(item.frame->key);
  taker.reset();
  listener_.wait<Unwanted>(request);
  hub_.close(output);
  listener_.wait<Closed>(output);
  hub_.close(stream);
  listener_.wait<Closed>(stream);
  hub_.unregisterPipeline(2000);
}

TEST_F(HubTest, ARefusedTakerHearsTheReason) {
  hub_.registerPipeline(listener_.owner, 2000, "domain", "");
  auto taker = hub_.want(2000, "cam", {});
  hub_.refuse(listener_.waitForAny<Wanted>(), "no such path");
  Subscription::Item item;
  EXPECT_TRUE(taker->next(item));
  EXPECT_TRUE(item.ended);
  EXPECT_EQ(item.reason, "no such path");
  hub_.unregisterPipeline(2000);
}

TEST_F(HubTest, AnIngestThatIsLookedAtTellsWhatComes) {
  const Id stream = openStream();
  RtspTrack track;
  track.config.kind = core::Kind::video;
  track.config.codec = "H264";
  const Id ingest = hub_.openRtspIngest(listener_.owner, stream, {{track}, true});
  const core::Bytes payload = core::hex("67640028acd940780227e5c044000003000400000300c83c60c658");
  const core::Bytes header = core::hex("24000000 80e00007 00000bb8 00000009");
  for (const core::Bytes& nal : {payload, core::hex("68eae3cb22c0"), core::hex("65b80041aabb")}) {
    core::Bytes packet = core::join({header, nal});
    packet[3] = static_cast<uint8_t>(packet.size() - 4);
    packet[5] = nal[0] == 0x65 ? 0xe0 : 0x60;
    packet[7] = nal[0] == 0x67 ? 5 : nal[0] == 0x68 ? 6 : 7;
    hub_.feed(ingest, packet);
  }
  const auto seen = listener_.wait<PacketSeen>(ingest);
  EXPECT_EQ(seen.sequence, 5);
  EXPECT_EQ(seen.ssrc, 9u);
  EXPECT_EQ(seen.bytes, payload.size() + 12);
  EXPECT_EQ(seen.nals.types, std::vector<uint8_t>{7});
  const auto unit = listener_.wait<UnitSeen>(ingest);
  EXPECT_TRUE(unit.key);
  EXPECT_EQ(unit.nals, (std::vector<uint8_t>{7, 8, 5}));
  EXPECT_EQ(unit.packets, 3u);
  EXPECT_EQ(unit.timestamp, 3000u);
  const auto told = listener_.wait<ParametersSeen>(ingest);
  EXPECT_EQ(std::get<H264Seen>(told.parameters).sps.width, 1920u);
  hub_.close(ingest);
  listener_.wait<Closed>(ingest);
  hub_.close(stream);
  listener_.wait<Closed>(stream);
}

TEST_F(HubTest, WhatIsOpenedOnAClosedStreamIsClosedAtOnce) {
  const Id ingest = hub_.openRtspIngest(listener_.owner, 4711, {});
  listener_.wait<Closed>(ingest);
  EXPECT_TRUE(hub_.feed(ingest, {}));
}

}  // namespace
}  // namespace io
