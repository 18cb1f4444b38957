// Any bytes as a settings file: no crash, no hang, and what is accepted can be described.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/settings.h"
#include "config/yaml_node.h"

namespace {

/// Every scalar's text can be located, byte by byte.
void locate_scalars(const winnow::YamlNode& node) {
  if (node.kind == winnow::YamlNode::Kind::Scalar && node.scalar.size() < 64) {
    for (std::size_t at = 0; at <= node.scalar.size(); ++at) winnow::location_in_scalar(node, at, 1);
  }
  for (const winnow::YamlNode& item : node.items) locate_scalars(item);
  for (const winnow::YamlNode::Entry& entry : node.entries) locate_scalars(entry.value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  winnow::Diagnostics problems;
  const auto settings = winnow::load_settings_text("/etc/winnow/winnow.yaml", text, problems);
  if (settings.has_value() == problems.has_errors()) std::abort();
  if (settings) winnow::describe_settings(*settings);
  if (const auto tree = winnow::read_yaml_text("fuzz.yaml", text, problems)) locate_scalars(*tree);
  problems.to_string();
  return 0;
}
