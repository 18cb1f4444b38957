#include "cli/table.h"

#include <algorithm>

#include "cli/terminal.h"

namespace winnow {
namespace {

using Row = std::vector<std::string>;

std::string format_row(const std::vector<Column>& columns, const std::vector<std::size_t>& widths, const Row& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string padding(widths[i] - display_width(cells[i]), ' ');
    if (i > 0) line += "  ";
    line += columns[i].align == Align::Right ? padding + cells[i] : cells[i] + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

std::string format_table(const std::vector<Column>& columns, const std::vector<Row>& rows) {
  std::vector<Row> lines;
  Row titles;
  for (const Column& column : columns) titles.push_back(column.title);
  if (std::any_of(titles.begin(), titles.end(), [](const std::string& t) { return !t.empty(); }))
    lines.push_back(titles);
  for (Row row : rows) {
    row.resize(std::min(row.size(), columns.size()));
    for (std::string& cell : row) cell = escape_for_terminal(cell, LineBreaks::Escape);
    lines.push_back(std::move(row));
  }
  std::vector<std::size_t> widths(columns.size(), 0);
  for (const Row& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], display_width(line[i]));
  }
  std::string out;
  for (const Row& line : lines) out += format_row(columns, widths, line);
  return out;
}

}  // namespace winnow
