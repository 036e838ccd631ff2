#include "core/payload_list.hpp"

namespace core {

void PayloadList::clear() {
  packets_.clear();
  pieces_.clear();
  own_.clear();
  bytes_ = 0;
}

void PayloadList::open() { packets_.push_back({.begin = pieces_.size()}); }

void PayloadList::add(std::initializer_list<uint8_t> head) {
  const size_t offset = own_.size();
  own_.insert(own_.end(), head.begin(), head.end());
  add(Piece{nullptr, offset, head.size()});
}

void PayloadList::add(ByteView view) {
  if (!view.empty()) add(Piece{view.data(), 0, view.size()});
}

void PayloadList::add(const Piece& piece) {
  pieces_.push_back(piece);
  packets_.back().bytes += piece.size;
  bytes_ += piece.size;
}

void PayloadList::write(size_t packet, Bytes& out) const {
  const bool last = packet + 1 == packets_.size();
  const size_t end = last ? pieces_.size() : packets_[packet + 1].begin;
  for (size_t index = packets_[packet].begin; index < end; ++index) {
    const Piece& piece = pieces_[index];
    const uint8_t* from = piece.view == nullptr ? own_.data() + piece.offset : piece.view;
    out.insert(out.end(), from, from + piece.size);
  }
}

}  // namespace core
