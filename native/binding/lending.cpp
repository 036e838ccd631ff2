#include "binding/lending.hpp"

#include "binding/fields.hpp"
#include "binding/track_to_js.hpp"
#include "io/hub.hpp"

#include <map>
#include <string>
#include <vector>

namespace binding {

namespace {

using Lender = Napi::Value (*)(Reader& request, io::Id output, BlockTable& blocks);

Napi::Value listOf(Napi::Env env, const std::vector<Napi::Object>& items) {
  if (items.empty()) return env.Undefined();
  auto list = Napi::Array::New(env, items.size());
  for (uint32_t index = 0; index < items.size(); ++index) list.Set(index, items[index]);
  return list;
}

uint64_t readNumber(Reader& request) {
  const uint64_t number = request.number("number", uint64_t{1} << 53);
  request.done();
  return number;
}

Napi::Value lendOne(Napi::Env env, const core::BlockRef& block, BlockTable& blocks) {
  std::vector<Napi::Object> lent;
  if (block) lent.push_back(blocks.lend(env, block));
  return listOf(env, lent);
}

Napi::Value lendInit(Reader& request, io::Id output, BlockTable& blocks) {
  const auto number = static_cast<uint32_t>(readNumber(request));
  return lendOne(request.env(), io::Hub::instance().findInit(output, number), blocks);
}

Napi::Value lendPart(Reader& request, io::Id output, BlockTable& blocks) {
  const uint64_t number = readNumber(request);
  return lendOne(request.env(), io::Hub::instance().findPart(output, number), blocks);
}

Napi::Value lendSegment(Reader& request, io::Id output, BlockTable& blocks) {
  const uint64_t number = readNumber(request);
  std::vector<Napi::Object> lent;
  for (const core::BlockRef& part : io::Hub::instance().findSegment(output, number))
    lent.push_back(blocks.lend(request.env(), part));
  return listOf(request.env(), lent);
}

Napi::Object placeOf(Napi::Env env, const core::RtpBlock& block) {
  return Fields(env)
      .set("number", block.number)
      .set("packets", block.packets)
      .set("arrivalUs", block.arrival)
      .set("captureUs", block.capture)
      .set("starts", startsToJs(env, block.starts))
      .object();
}

Napi::Value lendRing(Reader& request, io::Id output, BlockTable& blocks) {
  const bool compress = request.boolean("compress");
  request.done();
  const auto found = io::Hub::instance().findRing(output);
  std::vector<Napi::Object> lent;
  if (found)
    for (const core::RtpBlock& block : found->ring(compress)) {
      lent.push_back(blocks.lend(request.env(), block.bytes));
      lent.back().Set("ring", placeOf(request.env(), block));
    }
  return listOf(request.env(), lent);
}

Napi::Value lendReport(Reader& request, io::Id output, BlockTable& blocks) {
  request.done();
  const auto found = io::Hub::instance().findRing(output);
  return lendOne(request.env(), found ? found->report() : nullptr, blocks);
}

}  // namespace

Napi::Value lend(Reader& request, BlockTable& blocks) {
  static const std::map<std::string, Lender> lenders{{"init", lendInit},
                                                     {"part", lendPart},
                                                     {"segment", lendSegment},
                                                     {"ring", lendRing},
                                                     {"report", lendReport}};
  const std::string type = request.text("type");
  const auto output = static_cast<io::Id>(request.number("output"));
  const auto lender = lenders.find(type);
  if (lender != lenders.end()) return lender->second(request, output, blocks);
  refuse(request.env(), request.pathOf("type"), "init, part, segment, ring or report",
         Napi::String::New(request.env(), type));
}

}  // namespace binding
