#include "rules/list_reader.h"

#include <algorithm>
#include <set>
#include <utility>

#include "config/ascii.h"
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
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

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
  return is_reserved_word(name) || name == "junk" || name == "flag" || name == "header" || name == "feature" ||
         name == "sample" ||
         std::any_of(facts.begin(), facts.end(), [&](const auto& fact) { return fact.name == name; });
}

/// A '#' at the start or after a blank begins a comment.
std::string_view without_comment(std::string_view line) {
  for (std::size_t at = line.find('#'); at != line.npos; at = line.find('#', at + 1)) {
    if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') return line.substr(0, at);
  }
  return line;
}

bool is_utf8_text(std::string_view text) {
  std::size_t at = 0;
  for (std::size_t length; (length = utf8_length_at(text, at)) > 0;) at += length;
  return at == text.size();
}

/// Names and addresses with commas between them; not "Vale, Robin".
bool is_several(std::string_view text) {
  std::size_t parts = 0;
  for (std::size_t end = 0; end != text.npos; ++parts) {
    end = text.find(',');
    if (text.substr(0, end).find('.') == text.npos) return false;
    text.remove_prefix(end == text.npos ? 0 : end + 1);
  }
  return parts > 1;
}

/// An address or a domain and something behind it, as in the maps of MTAs; not "Vale, R. Robin".
bool is_map_entry(std::string_view text) {
  const std::string_view first = text.substr(0, text.find_first_of(" \t"));
  const std::size_t dot = first.rfind('.');
  return first.size() < text.size() &&
         (first.find('@') != first.npos || (dot != first.npos && dot > 0 && dot + 2 < first.size()));
}

/// "Joe Doe <joe@example.org>", as address books write it.
bool is_address_with_name(std::string_view text) {
  const std::size_t bracket = text.rfind('<');
  return bracket != text.npos && text.ends_with('>') && text.find('@', bracket) != text.npos;
}

/// "^.*@example\.org$" or "/@example\.org/i", as the maps of MTAs and other filters have them.
bool is_regular_expression(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  const bool is_between_slashes =
      text.starts_with('/') && slash > 0 && text.find_first_not_of("imsx", slash + 1) == text.npos;
  return is_between_slashes || (text.starts_with('^') && text.ends_with('$')) || text.find("\\.") != text.npos;
}

/// Why a line of a file, taken as it stands, hardly finds what was meant; "" when nothing speaks for that.
std::string why_unlikely(std::string_view line) {
  const bool is_quoted =
      line.size() > 1 && (line.front() == '"' || line.front() == '\'') && line.back() == line.front();
  if (is_quoted) return "the quotes count as a part of the entry";
  if (line.starts_with("- ")) return "the '-' counts as a part of the entry";
  if (is_several(line)) return "a line is one entry; write each into its own";
  if (line.find('#') != line.npos || line.starts_with("//") || line.starts_with(';'))
    return "a comment begins with a blank and '#'";
  if (is_regular_expression(line)) return "an entry is no regular expression; a rule has them behind 'matches'";
  if (line.starts_with('!')) return "an entry cannot be excepted; use a second list and 'not'";
  if (is_map_entry(line)) return "what stands behind an address or domain counts as a part of it";
  const bool is_name = line.find_first_of(" \t") == line.npos;
  if (is_address_with_name(line)) return "a line holds the bare address or domain";
  if (is_name && (line.find_first_of("<>") != line.npos || line.find("://") != line.npos ||
                  line.find_last_of(";:/") == line.size() - 1))
    return "a line holds the bare address or domain";
  return is_name && line.ends_with('.') ? "names stand without the dot behind them" : "";
}

/// Facts have the ASCII form of internationalised domains, which no entry in letters finds.
bool is_domain_in_letters(std::string_view entry) {
  const std::size_t dot = entry.find('.');
  return !is_printable_ascii(entry) && dot != entry.npos && dot + 1 < entry.size() &&
         entry.find_first_of(" \t") == entry.npos;
}

class ListReader {
 public:
  ListReader(const std::filesystem::path& directory, Diagnostics& problems)
      : directory_(directory), problems_(problems) {}

  void read(const YamlNode& value, NamedList& list) {
    if (value.kind == YamlNode::Kind::Sequence) {
      for (const YamlNode& item : value.items) read_item(item, list);
      if (value.items.empty()) doubt_empty(value.where);
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
  void doubt_empty(Location where) {
    problems_.warning(std::move(where), "this list holds no entry: nothing is found in it");
  }

  void read_item(const YamlNode& item, NamedList& list) {
    if (require_text(item, "an entry", problems_) != nullptr) add(item.scalar, item.where, list);
  }

  void add(std::string_view text, Location where, NamedList& list) {
    if (!is_utf8_text(text)) {
      problems_.error(std::move(where), "this entry is not UTF-8 text");
    } else if (printable(text) != text) {
      problems_.error(std::move(where), "an entry may not hold control characters");
    } else if (const std::string why_not = why_not_an_entry(text); !why_not.empty()) {
      problems_.error(std::move(where), quoted_for_message(text) + " cannot stand in a list: " + why_not);
    } else {
      if (is_domain_in_letters(text)) {
        problems_.warning(where, quoted_for_message(text) +
                                     " finds no domain: those have their ASCII form, as xn--bcher-kva.example");
      }
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
    if (text->starts_with(kByteOrderMark)) text->erase(0, kByteOrderMark.size());
    read_lines(std::make_shared<const SourceText>(SourceText{file.string(), std::move(*text)}), list);
    if (list.entries.empty()) doubt_empty(in_file(file));
    if (list.entries.size() > kMaxEntries) {
      problems_.error(name.where, "a list may have " + std::to_string(kMaxEntries) + " entries at most");
    }
  }

  void read_lines(const std::shared_ptr<const SourceText>& source, NamedList& list) {
    std::string_view rest = source->text;
    for (std::size_t number = 1; !rest.empty() && list.entries.size() <= kMaxEntries; ++number) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      const std::string_view entry = trim(without_comment(line));
      if (entry.empty()) continue;
      const auto column = static_cast<std::size_t>(entry.data() - line.data()) + 1;  // only blanks stand before it
      const Location where{source, number, column, count_code_points(entry)};
      doubt(entry, where);
      add(entry, where, list);
    }
  }

  /// Only a warning, for lists come from elsewhere; of a file in another form the first line says it all.
  void doubt(std::string_view entry, const Location& where) {
    const std::string why = why_unlikely(entry);
    if (why.empty() || !doubts_.insert(why).second) return;
    problems_.warning(where, quoted_for_message(entry) + " is looked for as it stands", why);
  }

  const std::filesystem::path& directory_;
  Diagnostics& problems_;
  std::set<std::string> doubts_;  // told already
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
