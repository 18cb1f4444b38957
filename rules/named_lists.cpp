#include "rules/named_lists.h"

#include <utility>

#include "config/text_checks.h"

namespace winnow {

NamedList* NamedLists::add(const std::string& name, Location where) {
  const auto [added, is_new] = lists_.try_emplace(name);
  if (!is_new) return nullptr;
  added->second.where = std::move(where);
  return &added->second;
}

const NamedList* NamedLists::find(std::string_view name) const {
  const auto found = lists_.find(name);
  return found == lists_.end() ? nullptr : &found->second;
}

std::vector<std::string> NamedLists::names() const {
  std::vector<std::string> names;
  for (const auto& [name, list] : lists_) names.push_back(name);
  return names;
}

std::shared_ptr<const TextSet> NamedLists::texts(const std::string& name, Diagnostics& problems) {
  NamedList& list = lists_.find(name)->second;
  if (!list.as_texts) {
    const auto texts = std::make_shared<TextSet>();
    texts->reserve(list.entries.size());
    for (const ListEntry& entry : list.entries) texts->add(entry.text);
    if (texts->has_too_many_globs()) {
      problems.error(list.where, "the list '" + name + "' cannot be used: " + kTooManyGlobs);
    }
    list.as_texts = texts;
  }
  return list.as_texts;
}

std::shared_ptr<const NetworkSet> NamedLists::networks(const std::string& name, Diagnostics& problems) {
  NamedList& list = lists_.find(name)->second;
  if (!list.as_networks) {
    const auto networks = std::make_shared<NetworkSet>();
    for (const ListEntry& entry : list.entries) {
      if (const std::optional<IpNetwork> network = IpNetwork::parse(entry.text)) {
        networks->add(*network);
        // Only a warning: lists come from elsewhere, and one line of theirs should not keep the daemon from starting.
        if (!network->is_aligned()) {
          problems.warning(entry.where, quoted_for_message(entry.text) + " has bits set after its prefix",
                           "it is taken for " + network->to_string());
        }
      } else {
        problems.error(entry.where, quoted_for_message(entry.text) + " is not an address or network",
                       "a rule looks for an address in the list '" + name + "'");
      }
    }
    list.as_networks = networks;
  }
  return list.as_networks;
}

}  // namespace winnow
