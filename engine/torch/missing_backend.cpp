#include "engine/torch/missing_backend.h"

#include <ATen/Context.h>
#include <c10/core/QEngine.h>
#include <torch/version.h>

#include <cctype>

namespace winnow {
namespace {

/// What stands between two marks; "" when they are not there.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string::npos) return {};
  const std::size_t first = begin + before.size(), end = text.find(after, first);
  return end == std::string::npos ? std::string() : text.substr(first, end - first);
}

/// "aten::add", "quantized::linear"
std::string operator_after(const std::string& text, const std::string& before) {
  const std::size_t begin = text.find(before);
  if (begin == std::string::npos) return {};
  std::size_t end = begin + before.size();
  while (end < text.size() &&
         (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == ':' || text[end] == '_'))
    ++end;
  return text.substr(begin + before.size(), end - begin - before.size());
}

std::string int8_engines() {
  std::string names;
  for (const at::QEngine engine : at::globalContext().supportedQEngines()) {
    if (engine == at::kNoQEngine) continue;
    names += (names.empty() ? "" : ", ") + c10::toString(engine);
  }
  return names.empty() ? "none" : names;
}

}  // namespace

std::string missing_backend(const std::string& text) {
  const std::string version = TORCH_VERSION;
  const std::string refused = between(text, "Could not run '", "'");
  const std::string backend = between(text, "arguments from the '", "' backend");
  if (!refused.empty() && !backend.empty())
    return "operator " + refused + " does not run on the backend " + backend + " of LibTorch " + version;
  const std::string engineless = operator_after(text, "find engine for operation ");
  const bool packed_without_engine = text.find("Unknown qengine") != std::string::npos;
  if (!engineless.empty() || packed_without_engine)
    return (engineless.empty() ? "its packed 8-bit layers need" : "operator " + engineless + " needs") +
           " an int8 engine (FBGEMM, QNNPACK or ONEDNN) that LibTorch " + version +
           " does not use here; it has: " + int8_engines();
  const std::string unknown = operator_after(text, "Unknown builtin op: ");
  if (!unknown.empty()) return "operator " + unknown + " is not in LibTorch " + version;
  return {};
}

}  // namespace winnow
