#include "models/markdown_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace winnow {

std::string markdown_table(const std::vector<MarkdownRow>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const MarkdownRow& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (std::size_t number = 0; number < rows.size(); ++number) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string padding(widths[i] - rows[number][i].size(), ' ');
      text += i == 0 ? "| " + rows[number][i] + padding + " |" : " " + padding + rows[number][i] + " |";
    }
    text += "\n";
    if (number > 0) continue;
    for (std::size_t i = 0; i < widths.size(); ++i)
      text += (i == 0 ? "| " : " ") + std::string(widths[i] - 1, '-') + (i == 0 ? "- |" : ": |");
    text += "\n";
  }
  return text;
}

std::string percent_number(double share, int digits) {
  if (std::isnan(share)) return "-";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, 100 * share);
  return text.data();
}

}  // namespace winnow
