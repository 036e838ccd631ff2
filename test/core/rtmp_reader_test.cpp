#include "core/rtmp_reader.hpp"

#include "core/hex.hpp"
#include "core/rtmp_messages.hpp"

#include <gtest/gtest.h>

#include <string>

namespace core::rtmp {
namespace {

using rtmp_messages::Read;
using rtmp_messages::Recorder;

class ChunkReaderTest : public testing::Test {
 protected:
  bool push(const Bytes& bytes) { return reader_.push(bytes); }
  // In pieces of that size.
  bool pushInPieces(ByteView bytes, size_t size) {
    bool fits = true;
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(size, bytes.size())))
      fits = reader_.push(bytes.first(std::min(size, bytes.size())));
    return fits;
  }
  const std::vector<Read>& read() const { return recorder_.all; }

  Recorder recorder_;
  ChunkReader reader_{recorder_};
};

TEST_F(ChunkReaderTest, AMessageIsReadWithItsHeader) {
  EXPECT_TRUE(push(hex("04 00002a 000003 08 01000000 aabbcc")));
  ASSERT_EQ(read().size(), 1u);
  EXPECT_EQ(read()[0].type, kAudio);
  EXPECT_EQ(read()[0].stream, 1u);
  EXPECT_EQ(read()[0].timestamp, 42u);
  EXPECT_EQ(read()[0].payload, hex("aabbcc"));
}

TEST_F(ChunkReaderTest, WhatAWriterCutsIsPutTogetherWhateverThePieces) {
  Bytes payload(1000);
  for (size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<uint8_t>(i);
  for (const uint32_t time : {0u, 0xffffffu, 0xfffffffeu}) {
    Bytes wire;
    ChunkWriter writer(kFirstChunkBytes);
    writer.append({kVideo, 1, time}, 6, {ByteView(payload).first(5), ByteView(payload).subspan(5)},
                  wire);
    EXPECT_LE(wire.size(), writer.sizeOf(payload.size()));
    for (const size_t pieces : {1u, 7u, 128u, 4096u}) {
      recorder_.all.clear();
      EXPECT_TRUE(pushInPieces(wire, pieces));
      ASSERT_EQ(read().size(), 1u);
      EXPECT_EQ(read()[0].timestamp, time);
      EXPECT_EQ(read()[0].payload, payload);
    }
  }
}

TEST_F(ChunkReaderTest, ShorterHeadersTakeFromTheLastOne) {
  push(hex("04 0003e9 000001 08 01000000 a0"));
  push(hex("44 000014 000002 08 b0b1"));
  push(hex("84 000017 c0c1"));
  push(hex("c4 d0d1"));
  ASSERT_EQ(read().size(), 4u);
  EXPECT_EQ(read()[1].timestamp, 1021u);
  EXPECT_EQ(read()[1].payload, hex("b0b1"));
  EXPECT_EQ(read()[2].timestamp, 1044u);
  EXPECT_EQ(read()[2].stream, 1u);
  EXPECT_EQ(read()[3].timestamp, 1067u);
  EXPECT_EQ(read()[3].payload, hex("d0d1"));
}

// RTMP 1.0 section 5.3.1.2.4 says the distance from 0 (ffmpeg), librtmp means the same time.
TEST_F(ChunkReaderTest, ATimeBehindAFullHeaderIsRepeatedOnlyWhereItCanBeADistance) {
  push(hex("04 000017 000001 08 01000000 a0"));
  push(hex("c4 b0"));
  push(hex("04 100000 000001 08 01000000 a0"));
  push(hex("c4 b0"));
  ASSERT_EQ(read().size(), 4u);
  EXPECT_EQ(read()[1].timestamp, 46u);
  EXPECT_EQ(read()[3].timestamp, 0x100000u);
}

TEST_F(ChunkReaderTest, MessagesOfSeveralChunkStreamsMayBeInterleaved) {
  const Bytes sound(200, 0x22);
  const Bytes picture(200, 0x11);
  Bytes one;
  Bytes other;
  ChunkWriter writer(kFirstChunkBytes);
  writer.append({kVideo, 1, 1}, 6, {picture}, one);
  writer.append({kAudio, 1, 2}, 4, {sound}, other);
  const size_t first = 12 + kFirstChunkBytes;
  reader_.push(ByteView(one).first(first));
  reader_.push(ByteView(other).first(first));
  reader_.push(ByteView(one).subspan(first));
  reader_.push(ByteView(other).subspan(first));
  ASSERT_EQ(read().size(), 2u);
  EXPECT_EQ(read()[0].payload, picture);
  EXPECT_EQ(read()[1].payload, sound);
}

TEST_F(ChunkReaderTest, IdsOfChunkStreamsHaveUpToThreeBytes) {
  EXPECT_TRUE(push(hex("00 00 000000 000001 08 01000000 a0")));
  EXPECT_TRUE(push(hex("01 0001 000000 000001 08 01000000 b0")));
  EXPECT_TRUE(push(hex("c0 00 a1")));
  EXPECT_TRUE(push(hex("c1 0001 b1")));
  ASSERT_EQ(read().size(), 4u);
  EXPECT_EQ(read()[2].payload, hex("a1"));
  EXPECT_EQ(read()[3].payload, hex("b1"));
}

TEST_F(ChunkReaderTest, AChunkSizeHoldsFromItsMessageOn) {
  push(hex("02 000000 000004 01 00000000 00000002"));
  push(hex("04 000000 000005 08 01000000 a0a1 c4 a2a3 c4 a4"));
  ASSERT_EQ(read().size(), 1u);
  EXPECT_EQ(read()[0].payload, hex("a0a1a2a3a4"));
}

// Old versions of ffmpeg and librtmp.
TEST_F(ChunkReaderTest, AnExtendedTimeThatIsNotRepeatedIsNotMissed) {
  push(hex("02 000000 000004 01 00000000 00000002"));
  push(hex("04 ffffff 000006 08 01000000 01000000 a0a1 c4 a2a3 c4 a4a5"));
  push(hex("04 ffffff 000002 08 01000000 01000000 b0b1"));
  ASSERT_EQ(read().size(), 2u);
  EXPECT_EQ(read()[0].payload, hex("a0a1a2a3a4a5"));
  EXPECT_EQ(read()[0].timestamp, 0x01000000u);
  EXPECT_EQ(read()[1].payload, hex("b0b1"));
}

TEST_F(ChunkReaderTest, AnAbortedMessageIsVoid) {
  push(hex("02 000000 000004 01 00000000 00000002"));
  push(hex("04 000000 000004 08 01000000 a0a1"));
  push(hex("02 000000 000004 02 00000000 0000 c2 0004"));
  push(hex("c4 b0b1 c4 b2b3"));
  ASSERT_EQ(read().size(), 1u);
  EXPECT_EQ(read()[0].payload, hex("b0b1b2b3"));
}

TEST_F(ChunkReaderTest, AnEmptyMessageIsOne) {
  push(hex("06 000000 000000 09 01000000"));
  ASSERT_EQ(read().size(), 1u);
  EXPECT_TRUE(read()[0].payload.empty());
}

TEST_F(ChunkReaderTest, WhatIsNoRtmpIsToldAndNothingIsTakenAfterIt) {
  EXPECT_FALSE(push(hex("c4 a0")));
  EXPECT_EQ(reader_.reason(), "a chunk stream that begins in the middle");
  EXPECT_FALSE(push(hex("04 000000 000001 08 01000000 a0")));
  EXPECT_TRUE(read().empty());
}

TEST_F(ChunkReaderTest, AChunkSizeOfNothingIsNoRtmp) {
  EXPECT_FALSE(push(hex("02 000000 000004 01 00000000 00000000")));
}

TEST_F(ChunkReaderTest, CommandsHaveBounds) {
  EXPECT_FALSE(push(hex("03 000000 080000 14 00000000 00")));
}

TEST_F(ChunkReaderTest, ChunkStreamsHaveBounds) {
  uint8_t id = 0;
  while (id < 200 && push({0, id, 0, 0, 0, 0, 0, 1, kAudio, 1, 0, 0, 0, 0xaa})) ++id;
  EXPECT_EQ(id, 64);
}

TEST_F(ChunkReaderTest, MessagesThatAreNotWholeHaveBounds) {
  const Bytes mega(0x100000, 0x55);
  push(hex("02 000000 000004 01 00000000 00100000"));  // a chunk is a megabyte
  bool fits = true;
  uint8_t id = 3;
  for (; fits && id < 60; ++id) {
    fits = push({id, 0, 0, 0, 0x10, 0, 1, kVideo, 1, 0, 0, 0});
    if (fits) fits = push(mega);
  }
  EXPECT_FALSE(fits);
  EXPECT_EQ(id, 20);
}

}  // namespace
}  // namespace core::rtmp
