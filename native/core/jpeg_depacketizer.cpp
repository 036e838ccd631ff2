#include "core/jpeg_depacketizer.hpp"

#include <algorithm>
#include <utility>

namespace core {

namespace {

constexpr size_t kMaxJpegBytes = 8'000'000;
constexpr uint8_t kRestarts = 64;  // added to the type
constexpr uint8_t kOwnTables = 128;  // Q from here on: tables stand in the packets
constexpr uint8_t kChangingTables = 255;  // and in each picture
constexpr uint16_t kHeaderExtension = 0xffd8;  // of ONVIF

// Takes so many bytes off the front; unset: there are fewer.
std::optional<ByteView> take(ByteView& bytes, size_t count) {
  if (bytes.size() < count) return std::nullopt;
  const ByteView taken = bytes.first(count);
  bytes = bytes.subspan(count);
  return taken;
}

// Section 3.1.8. One table serves luma and chroma.
std::optional<jpeg::Quantizers> splitTables(uint8_t precision, ByteView tables) {
  jpeg::Quantizers made;
  for (size_t i = 0; i < made.size(); ++i) {
    if (i == 1 && tables.empty()) {
      made[1] = made[0];
      break;
    }
    const auto table = take(tables, precision >> i & 1 ? 128 : 64);
    if (!table) return std::nullopt;
    made[i].assign(table->begin(), table->end());
  }
  return made;
}

}  // namespace

struct JpegDepacketizer::Piece {
  size_t offset = 0;
  uint8_t type = 0;
  uint8_t quality = 0;
  uint16_t width = 0;
  uint16_t height = 0;
  uint16_t restartInterval = 0;
  uint8_t precision = 0;
  ByteView tables{};
  ByteView amendments{};  // marker segments
  ByteView scan{};

  static std::optional<Piece> parse(const RtpPacket& packet);
  static bool parseTables(ByteView& payload, Piece& piece);
};

// Sections 3.1 and 4.1; ranges in 3.1.3: 0 is 4:2:2, 1 is 4:2:0.
std::optional<JpegDepacketizer::Piece> JpegDepacketizer::Piece::parse(const RtpPacket& packet) {
  ByteView payload = packet.payload;
  const auto head = core::take(payload, 8);
  if (!head) return std::nullopt;
  Piece piece;
  piece.offset = size_t{(*head)[1]} << 16 | read16(*head, 2);
  piece.type = (*head)[4];
  piece.quality = (*head)[5];
  piece.width = static_cast<uint16_t>((*head)[6] * 8);
  piece.height = static_cast<uint16_t>((*head)[7] * 8);
  if ((piece.type & ~kRestarts) > 1) return std::nullopt;
  if (piece.type & kRestarts) {
    const auto restarts = core::take(payload, 4);
    if (!restarts) return std::nullopt;
    piece.restartInterval = read16(*restarts, 0);
  }
  const bool hasTables = piece.quality >= kOwnTables && piece.offset == 0;
  if (hasTables && !parseTables(payload, piece)) return std::nullopt;
  if (packet.extensionProfile == kHeaderExtension) piece.amendments = packet.extension;
  piece.scan = payload;
  return piece;
}

bool JpegDepacketizer::Piece::parseTables(ByteView& payload, Piece& piece) {
  const auto head = core::take(payload, 4);
  if (!head) return false;
  piece.precision = (*head)[1];
  const auto tables = core::take(payload, read16(*head, 2));
  if (tables) piece.tables = *tables;
  return tables.has_value();
}

JpegDepacketizer::JpegDepacketizer(const RtpTrackConfig& config, Sink sink)
    : sink_(std::move(sink)) {
  if (config.config.size() < 4) return;
  width_ = read16(config.config, 0);
  height_ = read16(config.config, 2);
}

void JpegDepacketizer::push(const RtpPacket& packet) {
  const SequenceTracker::Step step = tracker_.take(packet);
  if (step == SequenceTracker::Step::stray) return;
  if (step == SequenceTracker::Step::gap) gap();
  if (packet.timestamp != unit_.timestamp) finish();
  unit_.timestamp = packet.timestamp;
  if (const auto piece = Piece::parse(packet))
    take(*piece);
  else if (!packet.payload.empty())
    unit_.damaged = true;
  if (packet.marker) finish();
}

void JpegDepacketizer::gap() {
  if (!unit_.payload.empty()) unit_.damaged = true;
}

// Offsets tell what is missing, at the begin too.
void JpegDepacketizer::take(const Piece& piece) {
  if (unit_.payload.empty() && (piece.offset > 0 || !begin(piece))) return;
  if (piece.offset != scanBytes_) unit_.damaged = true;
  if (unit_.payload.size() + piece.scan.size() > kMaxJpegBytes) unit_.damaged = true;
  if (unit_.damaged) return;
  unit_.payload.insert(unit_.payload.end(), piece.scan.begin(), piece.scan.end());
  scanBytes_ += piece.scan.size();
}

bool JpegDepacketizer::begin(const Piece& piece) {
  const auto quantizers = quantizersOf(piece);
  jpeg::Header header;
  const bool tellsSize = piece.width > 0 && piece.height > 0;
  header.width = tellsSize ? piece.width : width_;
  header.height = tellsSize ? piece.height : height_;
  if (!quantizers) return false;
  header.halfHeight = piece.type & 1;
  header.restartInterval = piece.restartInterval;
  header.quantizers = {(*quantizers)[0], (*quantizers)[1]};
  if (!jpeg::amend(header, piece.amendments)) return false;
  tell(header.width, header.height);
  unit_.payload = jpeg::formatHeader(header);
  scanBytes_ = 0;
  return true;
}

// Section 3.1.8: tables of a Q below 255 need not come again.
std::optional<jpeg::Quantizers> JpegDepacketizer::quantizersOf(const Piece& piece) {
  if (piece.quality == 0) return std::nullopt;
  if (piece.quality < kOwnTables) return jpeg::quantizersOf(piece.quality);
  if (piece.tables.empty()) {
    const auto known = quantizers_.find(piece.quality);
    return known == quantizers_.end() ? std::nullopt : std::optional(known->second);
  }
  auto tables = splitTables(piece.precision, piece.tables);
  if (tables && piece.quality != kChangingTables) quantizers_[piece.quality] = *tables;
  return tables;
}

void JpegDepacketizer::tell(uint16_t width, uint16_t height) {
  JpegParameters parameters;
  parameters.width = width;
  parameters.height = height;
  if (parameters_ == parameters) return;
  parameters_ = parameters;
  sink_.parameters(parameters);
}

void JpegDepacketizer::finish() {
  constexpr std::array<uint8_t, 2> kEnd{0xff, 0xd9};
  AccessUnit whole = std::exchange(unit_, {});
  if (whole.payload.empty() || scanBytes_ == 0) return;
  Bytes& bytes = whole.payload;
  if (!std::equal(kEnd.begin(), kEnd.end(), bytes.end() - 2))
    bytes.insert(bytes.end(), kEnd.begin(), kEnd.end());
  whole.key = !whole.damaged;
  whole.picture = PictureType::i;
  bytes.shrink_to_fit();
  sink_.unit(std::move(whole));
}

}  // namespace core
