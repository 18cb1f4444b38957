// named_lists.h - the `lists:` of all rule files, by name; compiled when a rule first asks for them.
//
// Owns:    the entries with their places, for messages; what it hands out is shared.
// Threads: one, while loading.
// Fails:   networks() reports entries that are no addresses, texts() globs that are too many; once for each list.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "rules/value_list.h"

namespace winnow {

struct ListEntry {
  std::string text;
  Location where;
};

struct NamedList {
  Location where;  // of its name
  std::vector<ListEntry> entries;
  std::shared_ptr<const TextSet> as_texts;        // null until asked for
  std::shared_ptr<const NetworkSet> as_networks;  // null until asked for
};

class NamedLists {
 public:
  /// Null when there is a list of that name already.
  NamedList* add(const std::string& name, Location where);
  const NamedList* find(std::string_view name) const;
  std::vector<std::string> names() const;

  /// The list must exist.
  std::shared_ptr<const TextSet> texts(const std::string& name, Diagnostics& problems);
  std::shared_ptr<const NetworkSet> networks(const std::string& name, Diagnostics& problems);

 private:
  std::map<std::string, NamedList, std::less<>> lists_;
};

}  // namespace winnow
