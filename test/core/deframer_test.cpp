#include "core/deframer.hpp"

#include "core/hex.hpp"
#include "core/rtsp_wire.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

constexpr uint32_t kVideo = 0x11223344;
constexpr uint32_t kAudio = 0x55667788;
// Behind it nobody waits for the rest of a `$` that a payload may end with.
const Bytes kEnd{'\r', '\n'};

struct Peer {
  Deframed got;
  RtspDeframer deframer{got};

  Peer() {
    deframer.expectChannel(0, ChannelKind::rtp);
    deframer.expectChannel(1, ChannelKind::rtcp);
    deframer.expectChannel(2, ChannelKind::rtp);
    deframer.expectChannel(3, ChannelKind::rtcp);
  }

  // All that is left in the end is what was never used.
  size_t push(const Bytes& bytes) { return bytes.size() - deframer.push(bytes); }
};

// A camera with two tracks: large packets of video, small ones of audio, a report now and then,
// and answers to keepalives.
class Camera {
 public:
  Bytes stream;
  std::vector<Deframed::Packet> whole;  // what a reader must get
  std::vector<std::string> texts;
  size_t cuts = 0;

  explicit Camera(uint32_t seed) : random(seed) {}

  void send(size_t keep = SIZE_MAX) {
    Deframed::Packet packet = next();
    Bytes frame = interleaved(packet.channel, packet.payload);
    if (keep < frame.size()) {
      frame.resize(keep);
      ++cuts;
    } else {
      whole.push_back(std::move(packet));
    }
    append(stream, frame);
    ++sent_;
  }

  void answer() {
    texts.push_back("RTSP/1.0 200 OK\r\nCSeq: " + std::to_string(texts.size()) + "\r\n\r\n");
    append(stream, bytesOf(texts.back()));
  }

  std::mt19937 random;

 private:
  Deframed::Packet next() {
    if (sent_ % 37 == 36) return {1, senderReport(random, kVideo)};
    if (sent_ % 41 == 40) return {3, senderReport(random, kAudio)};
    if (sent_ % 7 == 3) return {2, rtpPacket(random, audio_++, kAudio, 60 + random() % 200)};
    const size_t size = random() % 4 == 0 ? 40 + random() % 1000 : 1400;
    return {0, rtpPacket(random, video_++, kVideo, size)};
  }

  size_t sent_ = 0;
  uint16_t video_ = 65000, audio_ = 7;
};

TEST(Deframer, SplitsFramesAndMessages) {
  Peer peer;
  const Bytes stream = join({
      bytesOf("RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\nv=0\n"),
      hex("24 00 000d 8060000100000002 00000003 aa"),
      bytesOf("\r\n\r\n"),
      bytesOf("OPTIONS rtsp://a/b RTSP/1.0\nCSeq: 2\n\n"),
      hex("24 03 0008 80c9000155667788"),
  });
  EXPECT_EQ(peer.push(stream), 0u);
  const std::vector<std::string> texts{
      "RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\nv=0\n",
      "OPTIONS rtsp://a/b RTSP/1.0\nCSeq: 2\n\n"};
  const std::vector<Deframed::Packet> packets{{0, hex("8060000100000002 00000003 aa")},
                                              {3, hex("80c9000155667788")}};
  EXPECT_EQ(peer.got.texts, texts);
  EXPECT_EQ(peer.got.packets, packets);
  EXPECT_TRUE(peer.got.skips.empty());
}

TEST(Deframer, FindsTheBodyWhateverTheCaseOfItsHeader) {
  for (const char* header : {"Content-Length: 3", "content-length:3", "CONTENT-LENGTH :  3 "}) {
    Peer peer;
    const std::string message = std::string("RTSP/1.0 200 OK\r\n") + header + "\r\n\r\n$$$";
    EXPECT_EQ(peer.push(bytesOf(message)), 0u);
    EXPECT_EQ(peer.got.texts, std::vector<std::string>{message});
  }
}

TEST(Deframer, WaitsForTheRestOfAMessage) {
  const std::string message = "RTSP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab";
  for (size_t size = 0; size < message.size(); ++size) {
    Peer peer;
    EXPECT_EQ(peer.push(bytesOf(message.substr(0, size))), size);
    EXPECT_TRUE(peer.got.texts.empty());
    EXPECT_EQ(peer.push(bytesOf(message)), 0u);
    EXPECT_EQ(peer.got.texts.size(), 1u);
  }
}

// It would take minutes if the head were looked through with each byte.
TEST(Deframer, TakesTheLargestMessageByteByByte) {
  std::string message = "RTSP/1.0 200 OK\r\nContent-Length: 900000\r\n";
  while (message.size() < 60'000) message += "X: y\r\n";
  message += "\r\n" + std::string(900'000, 'b');
  const Bytes bytes = bytesOf(message);
  Peer peer;
  for (size_t size = 1; size < bytes.size(); ++size)
    ASSERT_EQ(peer.deframer.push(ByteView(bytes).first(size)), 0u);
  EXPECT_EQ(peer.push(bytes), 0u);
  EXPECT_EQ(peer.got.texts, std::vector<std::string>{message});
}

TEST(Deframer, RefusesABodyBeyondAMebibyte) {
  Peer peer;
  const Bytes frame = interleaved(0, hex("8060000100000002 00000003 aa"));
  for (const char* length : {"1048576", "99999999999", "-1", "x"}) {
    const std::string head =
        std::string("RTSP/1.0 200 OK\r\nContent-Length: ") + length + "\r\n\r\n";
    peer.push(join({bytesOf(head), frame, frame}));
  }
  EXPECT_TRUE(peer.got.texts.empty());
  EXPECT_EQ(peer.got.packets.size(), 8u);
}

TEST(Deframer, DeliversAFrameBeforeAnythingFollows) {
  std::mt19937 random(1);
  Peer peer;
  for (uint16_t sequence = 0; sequence < 3; ++sequence) {
    const Bytes frame = interleaved(0, rtpPacket(random, sequence, kVideo, 100));
    EXPECT_EQ(peer.push(frame), 0u);
    EXPECT_EQ(peer.got.packets.size(), sequence + 1u);
  }
}

TEST(Deframer, SkipsChannelsNobodySetUp) {
  std::mt19937 random(1);
  Peer peer;
  const Bytes ours = interleaved(0, rtpPacket(random, 1, kVideo, 100));
  peer.push(join({ours, interleaved(8, Bytes(50, 0xee)), ours, interleaved(9, {}), ours}));
  EXPECT_EQ(peer.got.packets.size(), 3u);
  EXPECT_TRUE(peer.got.skips.empty());
  EXPECT_FALSE(peer.got.strays.empty());
  for (const uint8_t channel : peer.got.strays) EXPECT_GT(channel, 3);
}

TEST(Deframer, PassesOnTwoSourcesOnOneChannel) {
  std::mt19937 random(1);
  Peer peer;
  Bytes stream;
  for (uint16_t i = 0; i < 20; ++i)
    append(stream, interleaved(0, rtpPacket(random, i, i % 3 ? kVideo : kAudio, 100)));
  peer.push(stream);
  EXPECT_EQ(peer.got.packets.size(), 20u);
  EXPECT_TRUE(peer.got.skips.empty());
}

// Cameras leave out the rest of a frame when their send buffer is full (habr 213063 and 219491).
class Cut : public testing::TestWithParam<size_t> {};

TEST_P(Cut, CostsTheFrameThatWasCutAndNothingElse) {
  const size_t maxChunk = GetParam();
  Camera camera(static_cast<uint32_t>(maxChunk));
  size_t position = 1;
  for (size_t frame = 1; position < 1404; ++frame) {
    if (frame % 50 == 0) camera.answer();
    if (frame % 4 == 0)
      camera.send(position++);
    else
      camera.send();
  }
  for (int i = 0; i < 20; ++i) camera.send();
  Peer peer;
  pushInChunks(peer.deframer, camera.stream, camera.random, maxChunk);
  ASSERT_GT(camera.cuts, 900u);
  EXPECT_EQ(peer.got.packets.size(), camera.whole.size());
  EXPECT_EQ(peer.got.packets, camera.whole);
  EXPECT_EQ(peer.got.texts, camera.texts);
  EXPECT_EQ(peer.got.skips.size(), camera.cuts);
}

INSTANTIATE_TEST_SUITE_P(InChunksOfUpTo, Cut, testing::Values(1, 100, 1404, 5000, 65536),
                         testing::PrintToStringParamName());

TEST(Deframer, FindsTheMessageThatFollowsACutFrame) {
  std::mt19937 random(3);
  const std::string answer = "RTSP/1.0 200 OK\r\nCSeq: 9\r\n\r\n";
  const Bytes whole = interleaved(0, rtpPacket(random, 1, kVideo, 400));
  for (size_t cut = 1; cut < whole.size(); ++cut) {
    Bytes broken = interleaved(0, rtpPacket(random, 2, kVideo, 400));
    broken.resize(cut);
    const Bytes next = interleaved(0, rtpPacket(random, 3, kVideo, 400));
    Peer peer;
    peer.push(join({whole, broken, bytesOf(answer), next, next, kEnd}));
    EXPECT_EQ(peer.got.texts, std::vector<std::string>{answer}) << cut;
    EXPECT_EQ(peer.got.packets.size(), 3u) << cut;
    EXPECT_EQ(peer.got.skips, std::vector<size_t>{cut});
  }
}

TEST(Deframer, FindsTheFramingBehindGarbage) {
  std::mt19937 random(4);
  auto frame = [&, sequence = uint16_t{0}]() mutable {
    return interleaved(0, rtpPacket(random, sequence++, kVideo, 300));
  };
  const Bytes first = frame();
  for (size_t size : {1u, 2u, 3u, 17u, 500u, 70000u}) {
    Bytes garbage;
    while (garbage.size() < size) garbage.push_back(static_cast<uint8_t>(random()));
    garbage[0] = 0xff;
    Peer peer;
    EXPECT_EQ(peer.push(join({first, frame(), garbage, frame(), frame()})), 0u);
    EXPECT_EQ(peer.got.packets.size(), 4u) << size;
    EXPECT_EQ(peer.got.skips, std::vector<size_t>{size});
  }
}

TEST(Deframer, FindsANewSourceAfterTheFramingWasLost) {
  std::mt19937 random(5);
  Peer peer;
  Bytes stream = interleaved(0, rtpPacket(random, 1, kVideo, 300));
  append(stream, hex("ffff"));
  for (uint16_t i = 0; i < 6; ++i)
    append(stream, interleaved(0, rtpPacket(random, 40000 + i, kAudio, 300)));
  peer.push(stream);
  EXPECT_EQ(peer.got.packets.size(), 7u);
}

TEST(Deframer, FindsTheFirstFrameOfATrackBehindACutOne) {
  std::mt19937 random(6);
  for (size_t cut = 1; cut < 300; cut += 7) {
    Peer peer;
    Bytes broken = interleaved(0, rtpPacket(random, 1, kVideo, 300));
    broken.resize(cut);
    peer.push(join({broken, interleaved(2, rtpPacket(random, 1, kAudio, 100)),
                    interleaved(0, rtpPacket(random, 2, kVideo, 300)),
                    interleaved(0, rtpPacket(random, 3, kVideo, 300)),
                    interleaved(0, rtpPacket(random, 4, kVideo, 300)), kEnd}));
    EXPECT_EQ(peer.got.packets.size(), 4u) << cut;
  }
}

TEST(Deframer, NeverAsksForMoreThanTheLargestFrame) {
  for (const char* begin :
       {"24 00 ffff 8060", "24 09 ffff", "24 01 ffff 80c8 3fff", "24 00 ffff"}) {
    std::mt19937 random(7);
    Peer peer;
    Bytes stream = hex(begin);
    while (stream.size() < 65539) stream.push_back(static_cast<uint8_t>(random()));
    EXPECT_LT(peer.push(stream), 65540u);
  }
  Peer peer;
  EXPECT_LT(peer.push(Bytes(100'000, 'A')), 65540u);
  EXPECT_LT(peer.push(bytesOf("RTSP/1.0 200 OK\r\n" + std::string(100'000, 'a'))), 65540u);
}

}  // namespace
}  // namespace core
