#include "models/mail_index.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string_view>
#include <utility>

namespace winnow {
namespace {

constexpr std::size_t kMaxShownProblems = 20;
constexpr std::uintmax_t kMaxIndexBytes = 256u << 20;

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

bool is_among(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool takes(const IndexFilter& filter, std::string_view corpus, std::string_view split) {
  if (!filter.splits.empty() && !is_among(filter.splits, split)) return false;
  if (!filter.corpora.empty() && !is_among(filter.corpora, corpus)) return false;
  return !is_among(filter.without_corpora, corpus);
}

std::optional<Label> label_named(std::string_view name) {
  for (const Label label : {Label::Ham, Label::Spam, Label::Phishing}) {
    if (name == label_name(label)) return label;
  }
  return std::nullopt;
}

/// Parts of a path that would lead out of the collection.
bool is_plain_path(std::string_view path) {
  const std::filesystem::path parts(path);
  return !path.empty() && parts.is_relative() && std::find(parts.begin(), parts.end(), "..") == parts.end();
}

/// The columns by name, and the rows read so far.
class IndexParser {
 public:
  IndexParser(std::shared_ptr<const SourceText> source, const IndexFilter& filter, Diagnostics& problems)
      : source_(std::move(source)), filter_(filter), problems_(problems) {}

  bool read_columns(std::string_view line) {
    columns_ = split_fields(line);
    for (const std::string_view needed : {"corpus", "path", "label"}) {
      if (std::find(columns_.begin(), columns_.end(), needed) == columns_.end()) {
        problems_.error({source_, 1, 1}, "the index has no column '" + std::string(needed) + "'",
                        "its first line must name the columns, separated by tabs");
        return false;
      }
    }
    return true;
  }

  void read_row(std::string_view line, std::size_t number) {
    const std::vector<std::string_view> fields = split_fields(line);
    if (fields.size() != columns_.size()) {
      return refuse(number,
                    std::to_string(columns_.size()) + " fields expected, found " + std::to_string(fields.size()));
    }
    const std::string_view corpus = field(fields, "corpus"), path = field(fields, "path");
    const std::string_view label = field(fields, "label"), split = field(fields, "split");
    if (!takes(filter_, corpus, split)) return;
    std::optional<Label> meant = label_named(label);
    if (!meant) return refuse(number, "label must be ham, spam or phishing");
    if (is_spam(*meant) && is_among(filter_.phishing_corpora, corpus)) meant = Label::Phishing;
    if (!is_plain_path(corpus) || !is_plain_path(path))
      return refuse(number, "corpus and path must stay beside the index");
    corpus_named(corpus).rows.push_back(
        {std::string(path), std::string(field(fields, "date")), std::string(split), *meant});
  }

  std::vector<IndexedCorpus> finish() {
    if (refused_ > kMaxShownProblems) {
      problems_.error({source_}, std::to_string(refused_ - kMaxShownProblems) + " more lines are wrong");
    }
    return std::move(corpora_);
  }

 private:
  std::string_view field(const std::vector<std::string_view>& fields, std::string_view column) const {
    const auto at = std::find(columns_.begin(), columns_.end(), column);
    return at == columns_.end() ? std::string_view() : fields[static_cast<std::size_t>(at - columns_.begin())];
  }

  void refuse(std::size_t line, std::string why) {
    if (++refused_ <= kMaxShownProblems) problems_.error({source_, line, 1}, std::move(why));
  }

  IndexedCorpus& corpus_named(std::string_view name) {
    const auto [at, is_new] = position_.try_emplace(std::string(name), corpora_.size());
    if (is_new) corpora_.push_back({std::string(name), {}});
    return corpora_[at->second];
  }

  std::shared_ptr<const SourceText> source_;
  const IndexFilter& filter_;
  Diagnostics& problems_;
  std::vector<std::string_view> columns_;
  std::vector<IndexedCorpus> corpora_;
  std::map<std::string, std::size_t> position_;
  std::size_t refused_ = 0;
};

}  // namespace

bool is_mail_index(const std::filesystem::path& file) { return file.extension() == ".tsv"; }

std::optional<std::vector<IndexedCorpus>> read_mail_index(const std::filesystem::path& file, const IndexFilter& filter,
                                                          Diagnostics& problems) {
  auto source = std::make_shared<SourceText>(SourceText{file.string(), {}});
  std::error_code failed;
  const std::uintmax_t size = std::filesystem::file_size(file, failed);
  std::ifstream stream(file, std::ios::binary);
  if (failed || !stream || size > kMaxIndexBytes) {
    problems.error({source}, failed || !stream ? "cannot be opened" : "is too large for an index");
    return std::nullopt;
  }
  source->text.assign(std::istreambuf_iterator<char>(stream), {});
  IndexParser parser(source, filter, problems);
  std::string_view rest = source->text;
  if (!parser.read_columns(next_line(rest))) return std::nullopt;
  for (std::size_t number = 2; !rest.empty(); ++number) {
    const std::string_view line = next_line(rest);
    if (!line.empty()) parser.read_row(line, number);
  }
  return parser.finish();
}

}  // namespace winnow
