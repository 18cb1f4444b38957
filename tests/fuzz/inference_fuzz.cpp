// Any bytes as an inference server's answer: as many finite logits as were asked for, or a sentence.
//
// The first byte is where the JSON ends, in parts of 255 of the body; 255 is an answer without that header.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "engine/remote/inference_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::optional<std::size_t> json_bytes;
  if (data[0] < 255) json_bytes = body.size() * data[0] / 254;
  const winnow::ExpectedLogits expected{7, 2, 1};
  std::vector<float> logits;
  if (winnow::decode_answer(body, json_bytes, {}, expected, logits)) {
    if (logits.size() != 2 || !std::isfinite(logits[0]) || !std::isfinite(logits[1])) std::abort();
  }
  (void)winnow::offers_binary(body);
  for (const char c : winnow::error_text(body)) {
    if (c >= 0 && c < 0x20) std::abort();
  }
  return 0;
}
