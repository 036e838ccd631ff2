#pragma once

#include "core/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace core {

// RTP payloads before they are written: a few bytes of our own, and views of a frame that has to
// stay until then. Made to be cleared and used again, so that nothing is allocated for a frame.
class PayloadList {
 public:
  void clear();
  // Begins a packet; what is added from now on belongs to it.
  void open();
  void add(std::initializer_list<uint8_t> head);  // copied
  void add(ByteView view);  // not copied
  void mark() { packets_.back().marker = true; }  // the packet at hand has RTP's marker

  size_t size() const { return packets_.size(); }
  size_t bytes() const { return bytes_; }  // of all payloads
  size_t bytesOf(size_t packet) const { return packets_[packet].bytes; }
  bool isMarked(size_t packet) const { return packets_[packet].marker; }
  // Appends the payload of one packet.
  void write(size_t packet, Bytes& out) const;

 private:
  struct Packet {
    size_t begin;  // index of its first piece; it ends where the next packet begins
    size_t bytes = 0;
    bool marker = false;
  };
  struct Piece {
    const uint8_t* view;  // nullptr: in own_, at `offset`
    size_t offset;
    size_t size;
  };
  void add(const Piece& piece);

  std::vector<Packet> packets_;
  std::vector<Piece> pieces_;
  Bytes own_;
  size_t bytes_ = 0;
};

}  // namespace core
