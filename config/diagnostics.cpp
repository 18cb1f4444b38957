#include "config/diagnostics.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "config/ascii.h"
#include "config/text_checks.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxOfEach = 1000;      // warnings, and errors
constexpr std::size_t kShownColumns = 100;    // of a source line
constexpr std::size_t kColumnsBefore = 60;    // kept before the caret when a line is cut
constexpr std::size_t kComparedLetters = 64;  // a longer word is no typing mistake

/// The lines of one source, found once however many problems point into it.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text) : text_(text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '\n') starts_.push_back(at + 1);
    }
  }

  std::string_view line(std::size_t number) const {
    if (number == 0 || number > starts_.size()) return {};
    const std::size_t start = starts_[number - 1];
    const std::size_t end = std::min(text_.find('\n', start), text_.size());
    std::string_view found = text_.substr(start, end - start);
    if (!found.empty() && found.back() == '\r') found.remove_suffix(1);
    return found;
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_{0};
};

using LineIndexes = std::map<const SourceText*, LineIndex>;

std::string_view skip_code_points(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size() && count > 0; --count) at += std::max<std::size_t>(1, utf8_length_at(text, at));
  return text.substr(at);
}

std::string_view first_code_points(std::string_view text, std::size_t count) {
  return text.substr(0, text.size() - skip_code_points(text, count).size());
}

std::string right_aligned(const std::string& text, std::size_t width) {
  return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
}

/// What of a line is shown, and where the caret stands under it.
struct Excerpt {
  std::string text;
  std::size_t caret = 0;
  std::size_t underlined = 1;
};

Excerpt excerpt_of(std::string_view line, const Location& where) {
  const std::size_t total = count_code_points(line);
  const std::size_t column = std::min(where.column == 0 ? 0 : where.column - 1, total);
  const std::size_t length = std::max<std::size_t>(1, std::min(where.length, total - column));
  if (total <= kShownColumns) return {printable(line), column, length};

  const std::size_t first = column > kColumnsBefore ? column - kColumnsBefore : 0;
  const std::string_view window = first_code_points(skip_code_points(line, first), kShownColumns);
  const std::string before = first > 0 ? "..." : "";
  const std::string after = first + kShownColumns < total ? "..." : "";
  const std::size_t room = kShownColumns - (column - first);
  return {before + printable(window) + after, before.size() + column - first, std::min(length, room)};
}

std::string source_lines(const Location& where, LineIndexes& indexes) {
  const SourceText* source = where.source.get();
  const LineIndex& index = indexes.try_emplace(source, source->text).first->second;
  const Excerpt shown = excerpt_of(index.line(where.line), where);
  const std::string gutter = right_aligned(std::to_string(where.line), 5);
  return gutter + " | " + shown.text + "\n" + std::string(gutter.size(), ' ') + " | " + std::string(shown.caret, ' ') +
         "^" + std::string(shown.underlined - 1, '~') + "\n";
}

std::string rendered(const Diagnostic& diagnostic, LineIndexes& indexes) {
  const Location& where = diagnostic.where;
  std::string text;
  if (where.source) text += printable(where.source->name) + ":";
  if (where.source && where.line > 0) {
    text += std::to_string(where.line) + ":" + std::to_string(where.column) + ":";
  }
  if (!text.empty()) text += " ";
  text += diagnostic.severity == Severity::Error ? "error: " : "warning: ";
  text += printable(diagnostic.text);
  if (!diagnostic.hint.empty()) text += " (" + printable(diagnostic.hint) + ")";
  text += "\n";
  if (where.source && where.line > 0) text += source_lines(where, indexes);
  return text;
}

/// Positions in `entries`, by file in the order in which the files were first spoken of, then by line and column.
std::vector<std::size_t> reading_order(const std::vector<Diagnostic>& entries) {
  std::map<std::string, std::size_t> files;
  std::vector<std::size_t> file_of;
  for (const Diagnostic& entry : entries) {
    const std::string name = entry.where.source ? entry.where.source->name : std::string();
    file_of.push_back(files.try_emplace(name, files.size()).first->second);
  }
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const Location& left = entries[a].where;
    const Location& right = entries[b].where;
    return std::tuple(file_of[a], left.line, left.column) < std::tuple(file_of[b], right.line, right.column);
  });
  return order;
}

/// Edit distance in which two swapped neighbours count as one mistake.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = to_lower(a[i - 1]) == to_lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

Location in_file(const std::filesystem::path& file) {
  return {std::make_shared<const SourceText>(SourceText{file.string(), {}})};
}

std::string place_of(const Location& where) {
  return where.source ? printable(where.source->name) + ":" + std::to_string(where.line) : std::string();
}

void Diagnostics::error(Location where, std::string text, std::string hint) {
  keep({Severity::Error, std::move(where), std::move(text), std::move(hint)});
}

void Diagnostics::warning(Location where, std::string text, std::string hint) {
  keep({Severity::Warning, std::move(where), std::move(text), std::move(hint)});
}

void Diagnostics::append(const Diagnostics& other) {
  for (const Diagnostic& entry : other.entries_) keep(entry);
  errors_.not_kept += other.errors_.not_kept;
  warnings_.not_kept += other.warnings_.not_kept;
}

void Diagnostics::keep(Diagnostic diagnostic) {
  Count& count = diagnostic.severity == Severity::Error ? errors_ : warnings_;
  if (count.kept == kMaxOfEach) {
    ++count.not_kept;
    return;
  }
  entries_.push_back(std::move(diagnostic));
  ++count.kept;
}

std::string Diagnostics::rest() const {
  std::string text;
  const auto add = [&text](std::size_t count, const std::string& kind) {
    if (count == 0) return;
    text += (text.empty() ? "and " : " and ") + std::to_string(count) + " more " + kind + (count == 1 ? "" : "s");
  };
  add(errors_.not_kept, "error");
  add(warnings_.not_kept, "warning");
  return text;
}

std::string Diagnostics::to_string() const {
  LineIndexes indexes;
  std::string text;
  for (const std::size_t at : reading_order(entries_)) text += rendered(entries_[at], indexes);
  const std::string more = rest();
  return more.empty() ? text : text + more + "\n";
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > kComparedLetters) return {};
  const std::string* nearest = nullptr;
  std::size_t nearest_distance = (word.size() < 3 ? 0 : word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kComparedLetters) continue;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < nearest_distance) {
      nearest = &candidate;
      nearest_distance = distance;
    }
  }
  for (const std::string& candidate : candidates) {
    if (nearest == nullptr && word.size() >= 4 && candidate.starts_with(word)) nearest = &candidate;
  }
  return nearest == nullptr ? std::string() : "did you mean '" + *nearest + "'?";
}

}  // namespace winnow
