// Any bytes as a manifest: an answer or a sentence, and what was accepted can be written and read again.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string error;
  const auto manifest = winnow::parse_manifest(std::string(reinterpret_cast<const char*>(data), size), error);
  if (manifest.has_value() != error.empty()) std::abort();
  if (!manifest) return 0;
  std::string again;
  if (!winnow::parse_manifest(winnow::write_manifest(*manifest), again)) std::abort();
  return 0;
}
