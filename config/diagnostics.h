// diagnostics.h - located problems of the files a person wrote, collected and shown all at once.
//
// Owns:    a Diagnostics owns its entries; each entry shares the text of the file it points into.
// Threads: a Diagnostics belongs to one thread.
// Blocks:  never.
// Fails:   never; adding a problem is the way to report a failure at start-up and in the tools. After 1000 errors, and after
//          1000 warnings, only the numbers grow: a file made of nothing but mistakes costs bounded memory, and no number of
//          warnings keeps an error from being shown.
// Units:   lines and columns count from 1; columns count UTF-8 code points.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace winnow {

/// One file as it was read. Shared by every Location that points into it.
struct SourceText {
  std::string name;  // as the person named it, for messages
  std::string text;
};

/// A stretch of one line of a file. Line 0 means "the file as a whole".
struct Location {
  std::shared_ptr<const SourceText> source;  // may be null: no file (a default, the command line)
  std::size_t line = 0;
  std::size_t column = 0;
  std::size_t length = 1;  // code points to underline
};

/// A file as a whole.
Location in_file(const std::filesystem::path& file);

/// "rules.yaml:14": for hints that point to a second place. "" for no file.
std::string place_of(const Location& where);

enum class Severity { Warning, Error };

struct Diagnostic {
  Severity severity = Severity::Error;
  Location where;
  std::string text;  // one sentence in lower case, without a final full stop
  std::string hint;  // "did you mean 'x'?" and the like; may be empty
};

class Diagnostics {
 public:
  void error(Location where, std::string text, std::string hint = {});
  void warning(Location where, std::string text, std::string hint = {});

  /// Takes over the entries of another one, after its own.
  void append(const Diagnostics& other);

  bool has_errors() const { return error_count() > 0; }
  std::size_t error_count() const { return errors_.kept + errors_.not_kept; }
  const std::vector<Diagnostic>& entries() const { return entries_; }
  /// "and 2 more errors and 501 more warnings": what there was beyond the entries; "" for nothing.
  std::string rest() const;

  /// All entries in the order of file and position, then the rest, each entry as
  ///     file:line:col: error: text (hint)
  ///        14 |     when: probabilty >= 0.90
  ///           |           ^~~~~~~~~~
  /// Control characters are shown as '?' wherever they come from; long lines are cut around the caret.
  std::string to_string() const;

 private:
  struct Count {
    std::size_t kept = 0, not_kept = 0;
  };
  void keep(Diagnostic diagnostic);

  std::vector<Diagnostic> entries_;
  Count errors_, warnings_;
};

/// "did you mean 'candidate'?" for the candidate nearest in edit distance, else one that starts with the word; or "".
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace winnow
