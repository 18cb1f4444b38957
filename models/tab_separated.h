// tab_separated.h - tables whose first line names the columns: the index of a collection, the scores of a filter.
//
// Owns:    rows are views into the SourceText, which the reader shares.
// Fails:   a lacking column ends the reading; every other bad line is a located Diagnostic (the first ones of many) and
//          the good lines are taken all the same.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"

namespace winnow {

class TabRow {
 public:
  TabRow(const std::vector<std::string_view>& columns, const std::vector<std::string_view>& fields)
      : columns_(columns), fields_(fields) {}
  /// "" when there is no such column.
  std::string_view operator[](std::string_view column) const;

 private:
  const std::vector<std::string_view>& columns_;
  const std::vector<std::string_view>& fields_;
};

struct TabTable {
  std::shared_ptr<const SourceText> source;
  std::string what;  // "the index", for messages
  std::vector<std::string_view> needed_columns;
};

/// Calls `take` for every row; what it returns, unless "", is why the row is wrong. False when a column is lacking.
bool read_tab_table(const TabTable& table, Diagnostics& problems,
                    const std::function<std::string(const TabRow&)>& take);

}  // namespace winnow
