// mail_index.h - index.tsv: which messages a collection holds, with label, date and split.
//
// Owns:    plain values.
// Blocks:  reads one file.
// Fails:   every bad line is a located Diagnostic (the first ones of many), the good lines are returned all the same.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostics.h"
#include "models/labelled_mail.h"

namespace winnow {

struct IndexRow {
  std::string path;
  std::string date;
  std::string split;
  Label label = Label::Ham;
};

struct IndexedCorpus {
  std::string name;
  std::vector<IndexRow> rows;  // in the order of the file
};

/// The rows that the filter takes, by corpus in the order of the file. nullopt when the file cannot be read
/// or lacks a column.
std::optional<std::vector<IndexedCorpus>> read_mail_index(const std::filesystem::path& file, const IndexFilter& filter,
                                                          Diagnostics& problems);

/// A name ending in .tsv says so.
bool is_mail_index(const std::filesystem::path& file);

}  // namespace winnow
