#pragma once

#include "binding/reader.hpp"
#include "core/hls_packager.hpp"
#include "io/hub.hpp"
#include "io/listen.hpp"

// What JavaScript asks for, as plain structs: the specs of lib/native/binding.ts. All of them throw
// a TypeError with the path of what is wrong.
namespace binding {

std::vector<io::RtpStart> readRtpStarts(Reader& command);
io::ListenSpec readListenSpec(Reader& reader);

io::UdpJoin readUdpJoin(Reader& command);

// Opens the stream that a StreamSpec describes.
io::Id openStreamOf(Reader& spec, const io::OwnerRef& owner);

// Opens the ingest that an IngestSpec describes.
io::Id openIngestOf(Reader& spec, const io::OwnerRef& owner);

// Opens the output that an OutputSpec describes.
io::Id openOutputOf(Reader& spec, const io::OwnerRef& owner);

}  // namespace binding
