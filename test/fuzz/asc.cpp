#include "core/aac.hpp"
#include "core/track.hpp"
#include "fuzz/input.hpp"

namespace core {
namespace {

void run(ByteView bytes) {
  if (const auto config = aac::parseAudioConfig(bytes)) {
    require(config->sampleRateHz > 0 && config->outputSampleRateHz > 0);
    require(config->channels > 0 && config->samplesPerFrame >= 480);
    require(config->sbr || config->outputSampleRateHz == config->sampleRateHz);
    require(static_cast<bool>(AacParameters::fromConfig(Bytes(bytes.begin(), bytes.end()))));
  }
  if (const auto header = aac::parseAdts(bytes)) {
    require(header->frameSize > header->headerSize);
    const auto config = aac::parseAudioConfig(header->config);
    require(!config || config->sampleRateHz >= 7350);
  }
}

}  // namespace
}  // namespace core

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  core::run({data, size});
  return 0;
}
