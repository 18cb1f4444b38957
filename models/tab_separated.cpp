#include "models/tab_separated.h"

#include <algorithm>

namespace winnow {
namespace {

constexpr std::size_t kMaxShownProblems = 20;

std::vector<std::string_view> split_fields(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

/// Takes the first line away, without its end.
std::string_view next_line(std::string_view& rest) {
  std::string_view line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool has_columns(const TabTable& table, const std::vector<std::string_view>& columns, Diagnostics& problems) {
  for (const std::string_view needed : table.needed_columns) {
    if (std::find(columns.begin(), columns.end(), needed) != columns.end()) continue;
    problems.error({table.source, 1, 1}, table.what + " has no column '" + std::string(needed) + "'",
                   "its first line must name the columns, separated by tabs");
    return false;
  }
  return true;
}

}  // namespace

std::string_view TabRow::operator[](std::string_view column) const {
  const auto at = std::find(columns_.begin(), columns_.end(), column);
  return at == columns_.end() ? std::string_view() : fields_[static_cast<std::size_t>(at - columns_.begin())];
}

bool read_tab_table(const TabTable& table, Diagnostics& problems,
                    const std::function<std::string(const TabRow&)>& take) {
  std::string_view rest = table.source->text;
  const std::vector<std::string_view> columns = split_fields(next_line(rest));
  if (!has_columns(table, columns, problems)) return false;
  std::size_t refused = 0;
  for (std::size_t number = 2; !rest.empty(); ++number) {
    const std::string_view line = next_line(rest);
    if (line.empty()) continue;
    const std::vector<std::string_view> fields = split_fields(line);
    std::string wrong;
    if (fields.size() != columns.size()) {
      wrong = std::to_string(columns.size()) + " fields expected, found " + std::to_string(fields.size());
    } else {
      wrong = take(TabRow(columns, fields));
    }
    if (!wrong.empty() && ++refused <= kMaxShownProblems) problems.error({table.source, number, 1}, wrong);
  }
  if (refused > kMaxShownProblems) {
    problems.error({table.source}, std::to_string(refused - kMaxShownProblems) + " more lines are wrong");
  }
  return true;
}

}  // namespace winnow
