#include "rules/list_reader.h"

#include <algorithm>
#include <utility>

#include "config/text_checks.h"
#include "config/text_file.h"
#include "rules/facts.h"
#include "rules/parser.h"
#include "rules/rule_keys.h"
#include "rules/yaml_keys.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxFileBytes = 32u << 20;
constexpr std::size_t kMaxEntries = 1'000'000;
constexpr std::size_t kMaxNameBytes = 64;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/// A name the expressions can write.
bool is_list_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && std::all_of(name.begin(), name.end(), is_name_character) &&
         !(name[0] >= '0' && name[0] <= '9') && name[0] != '-' && name[0] != '.';
}

bool is_taken(std::string_view name) {
  const auto& facts = fact_table();
  return is_reserved_word(name) || name == "junk" || name == "flag" || name == "header" || name == "feature" || name == "sample" ||
         std::any_of(facts.begin(), facts.end(), [&](const auto& fact) { return fact.name == name; });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// A '#' at the start or after a blank begins a comment.
std::string_view without_comment(std::string_view line) {
  for (std::size_t at = line.find('#'); at != line.npos; at = line.find('#', at + 1)) {
    if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') return line.substr(0, at);
  }
  return line;
}

class ListReader {
 public:
  ListReader(const std::filesystem::path& directory, Diagnostics& problems)
      : directory_(directory), problems_(problems) {}

  void read(const YamlNode& value, NamedList& list) {
    if (value.kind == YamlNode::Kind::Sequence) {
      for (const YamlNode& item : value.items) read_item(item, list);
    } else if (value.kind == YamlNode::Kind::Mapping) {
      refuse_unknown_keys(value, key_names(list_file_form()), "in a list", problems_);
      const YamlNode* file = value.find("file");
      if (file == nullptr) {
        problems_.error(value.where, "a list is [one, two] or {file: PATH}");
      } else if (require_text(*file, "file", problems_) != nullptr) {
        read_file(*file, list);
      }
    } else {
      problems_.error(value.where, "a list is [one, two] or {file: PATH}, got " + describe_found(value));
    }
  }

 private:
  void read_item(const YamlNode& item, NamedList& list) {
    if (require_text(item, "an entry", problems_) != nullptr) add(item.scalar, item.where, list);
  }

  void add(std::string_view text, Location where, NamedList& list) {
    if (printable(text) != text) {
      problems_.error(std::move(where), "an entry may not hold control characters");
    } else if (const std::string why_not = why_not_an_entry(text); !why_not.empty()) {
      problems_.error(std::move(where), quoted_for_message(text) + " cannot stand in a list: " + why_not);
    } else {
      list.entries.push_back({std::string(text), std::move(where)});
    }
  }

  void read_file(const YamlNode& name, NamedList& list) {
    const std::filesystem::path path(name.scalar);
    const std::filesystem::path file = path.is_absolute() ? path : directory_ / path;
    std::string why_not;
    std::optional<std::string> text = read_text_file(file, kMaxFileBytes, why_not);
    if (!text) {
      problems_.error(name.where, "the list file " + quoted_for_message(file.string()) + " cannot be read: " + why_not);
      return;
    }
    read_lines(std::make_shared<const SourceText>(SourceText{file.string(), std::move(*text)}), list);
    if (list.entries.size() > kMaxEntries) {
      problems_.error(name.where, "a list may have " + std::to_string(kMaxEntries) + " entries at most");
    }
  }

  void read_lines(const std::shared_ptr<const SourceText>& source, NamedList& list) {
    std::string_view rest = source->text;
    for (std::size_t number = 1; !rest.empty() && list.entries.size() <= kMaxEntries; ++number) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      const std::string_view entry = trimmed(without_comment(line));
      if (entry.empty()) continue;
      const auto column = static_cast<std::size_t>(entry.data() - line.data()) + 1;  // only blanks stand before it
      add(entry, {source, number, column, count_code_points(entry)}, list);
    }
  }

  const std::filesystem::path& directory_;
  Diagnostics& problems_;
};

}  // namespace

void read_lists(const YamlNode& lists, const std::filesystem::path& directory, NamedLists& into,
                Diagnostics& problems) {
  if (lists.kind == YamlNode::Kind::Null || !require_mapping(lists, "lists", problems)) return;
  for (const YamlNode::Entry& entry : lists.entries) {
    if (!is_list_name(entry.key)) {
      problems.error(entry.key_where, quoted_for_message(entry.key) + " is not a name for a list",
                     "letters, digits, '_', '-' and '.', a letter first");
      continue;
    }
    if (is_taken(entry.key)) {
      problems.error(entry.key_where, "a list cannot be called '" + entry.key + "'", "the name has a meaning already");
      continue;
    }
    NamedList* list = into.add(entry.key, entry.key_where);
    if (list == nullptr) {
      problems.error(entry.key_where, "the list '" + entry.key + "' is defined twice",
                     "first in " + place_of(into.find(entry.key)->where));
      continue;
    }
    ListReader(directory, problems).read(entry.value, *list);
  }
}

}  // namespace winnow
