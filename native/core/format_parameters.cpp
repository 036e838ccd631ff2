#include "core/format_parameters.hpp"

#include <string_view>

namespace core {

namespace {

std::string parametersOf(const Av1Parameters& av1) {
  return "profile=" + std::to_string(av1.profile) + ";level-idx=" + std::to_string(av1.level) +
         ";tier=" + (av1.highTier ? "1" : "0");
}

std::string parametersOf(const Vp9Parameters& vp9) {
  return vp9.profile == 0 ? "" : "profile-id=" + std::to_string(vp9.profile);
}

std::string hexOf(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string parametersOf(const Mpeg4VideoParameters& mpeg4) {
  return "profile-level-id=" + std::to_string(mpeg4.profileLevel) +
         ";config=" + hexOf(mpeg4.headers);
}

template <typename Other>
std::string parametersOf(const Other&) {
  return "";
}

}  // namespace

std::string formatParameters(const Parameters& parameters) {
  return std::visit([](const auto& it) { return parametersOf(it); }, parameters);
}

}  // namespace core
