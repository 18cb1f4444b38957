#include "models/mail_index.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "config/text_file.h"
#include "models/tab_separated.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxIndexBytes = 256u << 20;

bool is_among(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// ISO 8601 in UTC sorts as text. A day stands for its beginning: it is a prefix of all that follows on it.
bool is_within(const IndexFilter& filter, std::string_view date) {
  if (filter.before.empty() && filter.after.empty()) return true;
  const bool is_dated = !date.empty() && date.front() >= '0' && date.front() <= '9';
  return is_dated && (filter.before.empty() || date < filter.before) && (filter.after.empty() || date >= filter.after);
}

bool takes(const IndexFilter& filter, const TabRow& row) {
  if (!filter.splits.empty() && !is_among(filter.splits, row["split"])) return false;
  if (!filter.corpora.empty() && !is_among(filter.corpora, row["corpus"])) return false;
  return !is_among(filter.without_corpora, row["corpus"]) && is_within(filter, row["date"]);
}

/// Parts of a path that would lead out of the collection.
bool is_plain_path(std::string_view path) {
  const std::filesystem::path parts(path);
  return !path.empty() && parts.is_relative() && std::find(parts.begin(), parts.end(), "..") == parts.end();
}

/// The rows read so far.
class IndexBuilder {
 public:
  explicit IndexBuilder(const IndexFilter& filter) : filter_(filter) {}

  std::string add(const TabRow& row) {
    std::optional<Label> label = label_named(row["label"]);
    if (!label) return "label must be ham, spam or phishing";
    if (is_spam(*label) && is_among(filter_.phishing_corpora, row["corpus"])) label = Label::Phishing;
    if (!is_plain_path(row["corpus"]) || !is_plain_path(row["path"]))
      return "corpus and path must stay beside the index";
    // As tar names its members.
    const std::string path = std::filesystem::path(row["path"]).lexically_normal().string();
    if (!seen_.emplace(std::filesystem::path(row["corpus"]).lexically_normal().string(), path).second)
      return "path is named a second time";
    corpus_named(row["corpus"]).rows.push_back({path, std::string(row["date"]), std::string(row["split"]), *label});
    return "";
  }

  std::vector<IndexedCorpus> finish() { return std::move(corpora_); }

 private:
  IndexedCorpus& corpus_named(std::string_view name) {
    const auto [at, is_new] = position_.try_emplace(std::string(name), corpora_.size());
    if (is_new) corpora_.push_back({std::string(name), {}});
    return corpora_[at->second];
  }

  const IndexFilter& filter_;
  std::vector<IndexedCorpus> corpora_;
  std::map<std::string, std::size_t> position_;
  std::set<std::pair<std::string, std::string>> seen_;  // corpus and path
};

}  // namespace

bool is_mail_index(const std::filesystem::path& file) { return file.extension() == ".tsv"; }

std::optional<std::vector<IndexedCorpus>> read_mail_index(const std::filesystem::path& file, const IndexFilter& filter,
                                                          Diagnostics& problems) {
  auto source = std::make_shared<SourceText>(SourceText{file.string(), {}});
  std::string why_not;
  auto text = read_text_file(file, kMaxIndexBytes, why_not);
  if (!text) {
    problems.error({source}, "the index cannot be read: " + why_not);
    return std::nullopt;
  }
  source->text = std::move(*text);
  IndexBuilder builder(filter);
  const TabTable table{source, "the index", {"corpus", "path", "label"}};
  const bool is_index = read_tab_table(
      table, problems, [&](const TabRow& row) { return takes(filter, row) ? builder.add(row) : std::string(); });
  if (!is_index) return std::nullopt;
  return builder.finish();
}

}  // namespace winnow
