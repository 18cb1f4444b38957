// table.h - rows of text as aligned columns.
//
// Owns:    plain values.
// Fails:   never. Cells are escaped here, so callers pass text from mail as it is.
#pragma once

#include <string>
#include <vector>

namespace winnow {

enum class Align { Left, Right };

struct Column {
  std::string title;
  Align align = Align::Left;
};

/// Two spaces between columns, titles in the first line, no trailing spaces. A row may hold fewer cells than there are
/// columns. With empty titles the first line is left out.
std::string format_table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows);

}  // namespace winnow
