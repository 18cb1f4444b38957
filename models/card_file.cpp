#include "models/card_file.h"

#include <system_error>

namespace winnow {

std::filesystem::path card_of(const std::filesystem::path& model) {
  std::filesystem::path card = model;
  if (card.extension() == ".pt") return card.replace_extension(".md");
  return card += ".md";
}

bool is_same_file(const std::filesystem::path& one, const std::filesystem::path& other) {
  std::error_code failed;
  if (std::filesystem::equivalent(one, other, failed)) return true;
  const auto full = [&failed](const std::filesystem::path& file) {
    return std::filesystem::absolute(file, failed).lexically_normal();
  };
  return full(one) == full(other);
}

}  // namespace winnow
