#include "core/framed_audio.hpp"

#include "core/bit_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace core {

namespace {

constexpr size_t kMaxFrameBytes = 8192;

// ISO/IEC 11172-3 section 2.4.2.3 and 13818-3: kbit/s by index, for layers 1, 2, 3 of MPEG-1, then
// layer 1 and layers 2 and 3 of MPEG-2. 0: free format or forbidden.
constexpr std::array<std::array<uint16_t, 16>, 5> kBitrates{
    {{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 0},
     {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0},
     {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0},
     {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256, 0},
     {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}}};

uint32_t mpegBitrate(bool isMpeg1, unsigned layer, unsigned index) {
  const size_t row = isMpeg1 ? layer - 1 : (layer == 1 ? 3 : 4);
  return kBitrates[row][index] * 1000u;
}

void writeMpegHead(size_t offset, size_t, PayloadList& out) {
  out.add({0, 0, static_cast<uint8_t>(offset >> 8), static_cast<uint8_t>(offset)});
}

// ETSI TS 102 366 table 4.13: kbit/s by frmsizecod / 2.
constexpr std::array<uint16_t, 19> kAc3Bitrates{32,  40,  48,  56,  64,  80,  96,  112, 128, 160,
                                                192, 224, 256, 320, 384, 448, 512, 576, 640};
constexpr std::array<uint32_t, 3> kAc3Rates{48000, 44100, 32000};
constexpr std::array<uint8_t, 8> kAc3Channels{2, 1, 2, 3, 3, 4, 4, 5};

size_t ac3FrameBytes(unsigned rateCode, unsigned sizeCode) {
  const size_t bitrate = kAc3Bitrates[sizeCode / 2] * size_t{1000};
  const size_t words = bitrate * 1536 / kAc3Rates[rateCode] / 16;
  const bool isPadded = rateCode == 1 && sizeCode % 2 == 1;
  return 2 * (words + (isPadded ? 1 : 0));
}

// RFC 4184 section 4.1.1: 0 whole frames; 1 and 2 the first piece, with five eighths or less; 3 a
// further one. The second byte counts frames or pieces.
void writeAc3Head(size_t offset, size_t pieces, PayloadList& out) {
  const uint8_t type = pieces == 1 ? 0 : (offset == 0 ? 2 : 3);
  out.add({type, static_cast<uint8_t>(pieces)});
}

}  // namespace

const FramedAudioFormat kMpegAudioFormat{
    .headBytes = 4,
    .continues = [](ByteView head) { return head[2] != 0 || head[3] != 0; },
    .parse = parseMpegAudio,
    .writeHead = writeMpegHead,
};

const FramedAudioFormat kAc3Format{
    .headBytes = 2,
    .continues = [](ByteView head) { return (head[0] & 3) == 3; },
    .parse = parseAc3,
    .writeHead = writeAc3Head,
};

uint16_t mpegAudioSamples(const MpegAudioParameters& parameters) {
  if (parameters.layer == 1) return 384;
  return parameters.layer == 3 && !parameters.isMpeg1 ? 576 : 1152;
}

std::optional<AudioFrame> parseMpegAudio(ByteView bytes) {
  if (bytes.size() < 4) return std::nullopt;
  BitReader bits(bytes);
  if (bits.bits(11) != 0x7ff) return std::nullopt;
  const uint32_t version = bits.bits(2);  // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5
  const uint32_t layerCode = bits.bits(2);
  bits.skip(1);
  const uint32_t bitrateIndex = bits.bits(4);
  const uint32_t rateIndex = bits.bits(2);
  const uint32_t padding = bits.bits(1);
  bits.skip(1);
  const bool isMono = bits.bits(2) == 3;
  if (version == 1 || layerCode == 0 || rateIndex == 3) return std::nullopt;
  constexpr std::array<uint32_t, 3> kRates{44100, 48000, 32000};
  MpegAudioParameters parameters;
  parameters.isMpeg1 = version == 3;
  parameters.layer = static_cast<uint8_t>(4 - layerCode);
  parameters.sampleRateHz = kRates[rateIndex] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
  parameters.channels = isMono ? 1 : 2;
  parameters.samplesPerFrame = mpegAudioSamples(parameters);
  const uint32_t bitrate = mpegBitrate(parameters.isMpeg1, parameters.layer, bitrateIndex);
  if (bitrate == 0) return std::nullopt;
  // A slot has 4 bytes in layer 1.
  const size_t slot = parameters.layer == 1 ? 4 : 1;
  const size_t slots =
      parameters.samplesPerFrame / 8 / slot * size_t{bitrate} / parameters.sampleRateHz + padding;
  return AudioFrame{slots * slot, parameters};
}

// ETSI TS 102 366 sections 4.4.1 and 4.4.2.
std::optional<AudioFrame> parseAc3(ByteView bytes) {
  constexpr uint8_t kHighestId = 10;  // above is E-AC-3
  if (bytes.size() < 8) return std::nullopt;
  BitReader bits(bytes);
  if (bits.bits(16) != 0x0b77) return std::nullopt;
  bits.skip(16);
  const uint32_t rateCode = bits.bits(2);
  const uint32_t sizeCode = bits.bits(6);
  if (rateCode == 3 || sizeCode / 2 >= kAc3Bitrates.size()) return std::nullopt;
  Ac3Parameters parameters;
  parameters.bitstreamId = static_cast<uint8_t>(bits.bits(5));
  parameters.bitstreamMode = static_cast<uint8_t>(bits.bits(3));
  parameters.channelMode = static_cast<uint8_t>(bits.bits(3));
  if (parameters.bitstreamId > kHighestId) return std::nullopt;
  if ((parameters.channelMode & 1) != 0 && parameters.channelMode != 1) bits.skip(2);
  if ((parameters.channelMode & 4) != 0) bits.skip(2);
  if (parameters.channelMode == 2) bits.skip(2);
  parameters.lowFrequency = bits.flag();
  parameters.rateCode = static_cast<uint8_t>(rateCode);
  parameters.bitrateCode = static_cast<uint8_t>(sizeCode / 2);
  parameters.sampleRateHz = kAc3Rates[rateCode];
  parameters.channels =
      static_cast<uint8_t>(kAc3Channels[parameters.channelMode] + parameters.lowFrequency);
  return AudioFrame{ac3FrameBytes(rateCode, sizeCode), parameters};
}

void FramedAudioDepacketizer::push(const RtpPacket& packet) {
  const SequenceTracker::Step step = tracker_.take(packet);
  if (step == SequenceTracker::Step::stray) return;
  if (step == SequenceTracker::Step::gap) gap();
  if (packet.payload.size() <= format_.headBytes) return;
  const ByteView bytes = packet.payload.subspan(format_.headBytes);
  if (!format_.continues(packet.payload)) {
    piece_.clear();
    return takeFrames(packet.timestamp, bytes);
  }
  if (piece_.empty() || piece_.size() + bytes.size() > kMaxFrameBytes) return piece_.clear();
  piece_.insert(piece_.end(), bytes.begin(), bytes.end());
  const Bytes whole = std::exchange(piece_, {});
  takeFrames(pieceTimestamp_, whole);
}

// What is left over is the begin of a frame that goes on in the next packet.
void FramedAudioDepacketizer::takeFrames(uint32_t timestamp, ByteView bytes) {
  uint64_t samples = 0;
  while (const auto frame = format_.parse(bytes)) {
    const AudioParameters* audio = audioOf(frame->parameters);
    const auto time =
        static_cast<uint32_t>(timestamp + samples * clockRateHz_ / audio->sampleRateHz);
    if (frame->bytes > bytes.size() || frame->bytes == 0) {
      pieceTimestamp_ = time;
      if (bytes.size() <= kMaxFrameBytes) piece_.assign(bytes.begin(), bytes.end());
      return;
    }
    deliver(time, *frame, bytes.first(frame->bytes));
    samples += audio->samplesPerFrame;
    bytes = bytes.subspan(frame->bytes);
  }
}

void FramedAudioDepacketizer::deliver(uint32_t timestamp, const AudioFrame& frame, ByteView bytes) {
  if (parameters_ != frame.parameters) {
    parameters_ = frame.parameters;
    sink_.parameters(frame.parameters);
  }
  AccessUnit unit;
  unit.timestamp = timestamp;
  unit.key = true;
  unit.payload.assign(bytes.begin(), bytes.end());
  sink_.unit(std::move(unit));
}

void FramedAudioPacketizer::packetize(const Frame& frame, size_t maxBytes, PayloadList& out) {
  const size_t room = maxBytes - format_.headBytes;
  const size_t size = frame.payload.size();
  if (size == 0 || size > kMaxFrameBytes) return;
  const size_t pieces = (size + room - 1) / room;
  for (size_t offset = 0; offset < size; offset += room) {
    out.open();
    format_.writeHead(offset, pieces, out);
    out.add(ByteView(frame.payload).subspan(offset, std::min(room, size - offset)));
  }
  out.mark();
}

}  // namespace core
