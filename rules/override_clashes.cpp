#include "rules/override_clashes.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace winnow {
namespace {

constexpr std::array<std::string_view, 3> kValueNames{"junk", "flag", "ceiling"};

std::array<bool, 3> values_of(const Override& one) {
  return {one.junk.has_value(), one.flag.has_value(), one.ceiling.has_value()};
}

/// The patterns that both have, in the order of the alphabet.
template <typename Patterns>
std::vector<std::string> shared(const Patterns& left, const Patterns& right) {
  const bool is_left_smaller = left.size() < right.size();
  const Patterns& few = is_left_smaller ? left : right;
  const Patterns& many = is_left_smaller ? right : left;
  std::vector<std::string> both;
  for (const auto& [pattern, where] : few) {
    if (many.find(pattern) != many.end()) both.push_back(pattern);
  }
  return both;
}

/// How often claims have one of the patterns.
template <typename Patterns, typename Users>
std::size_t uses_of(const Patterns& patterns, const Users& users) {
  std::size_t uses = 0;
  for (const auto& [pattern, where] : patterns) {
    const auto found = users.find(pattern);
    if (found != users.end()) uses += found->second.size();
  }
  return uses;
}

/// The claims that have one of the patterns, each once.
template <typename Patterns, typename Users>
std::vector<std::size_t> users_of(const Patterns& patterns, const Users& users) {
  std::vector<std::size_t> claims;
  for (const auto& [pattern, where] : patterns) {
    const auto found = users.find(pattern);
    if (found != users.end()) claims.insert(claims.end(), found->second.begin(), found->second.end());
  }
  std::sort(claims.begin(), claims.end());
  claims.erase(std::unique(claims.begin(), claims.end()), claims.end());
  return claims;
}

}  // namespace

std::vector<std::string> or_everybody(const std::vector<std::string>& patterns) {
  return patterns.empty() ? std::vector<std::string>{""} : patterns;
}

std::string shown_pair(const std::string& recipient, const std::string& sender) {
  return (recipient.empty() ? "every recipient" : recipient) + (sender.empty() ? "" : " and mail from " + sender);
}

void OverrideClashes::add(const Override& one, const YamlNode& node) {
  if (!one.junk && !one.flag && !one.ceiling) return;
  Claim claim{located(one, one.recipients, node.find("for")), located(one, one.senders, node.find("from")),
              values_of(one)};
  std::map<std::string, Values> told;
  for (const std::size_t earlier : possible(claim)) compare(claim, claims_[earlier], told);
  for (const auto& [pattern, where] : claim.recipients) by_recipient_[pattern].push_back(claims_.size());
  for (const auto& [pattern, where] : claim.senders) by_sender_[pattern].push_back(claims_.size());
  claims_.push_back(std::move(claim));
}

/// Where each pattern of one of its two lists stands; reports those that stand there twice.
OverrideClashes::Patterns OverrideClashes::located(const Override& one, const std::vector<std::string>& patterns,
                                                   const YamlNode* node) {
  if (patterns.empty()) return {{"", Location()}};
  const std::string recipient = or_everybody(one.recipients).front(), sender = or_everybody(one.senders).front();
  const bool are_recipients = &patterns == &one.recipients;
  Patterns places;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const Location& where = node->items[i].where;
    const auto [first, is_new] = places.try_emplace(patterns[i], where);
    if (is_new) continue;
    const std::string whose = are_recipients ? shown_pair(patterns[i], sender) : shown_pair(recipient, patterns[i]);
    report(values_of(one), {whose, where, first->second});
  }
  return places;
}

/// The earlier claims that may clash: those with a pattern in common on the side where these are fewer. A hundred overrides
/// for one recipient differ in their senders, and those from one sender in their recipients.
std::vector<std::size_t> OverrideClashes::possible(const Claim& claim) const {
  const bool is_by_recipient = uses_of(claim.recipients, by_recipient_) < uses_of(claim.senders, by_sender_);
  return is_by_recipient ? users_of(claim.recipients, by_recipient_) : users_of(claim.senders, by_sender_);
}

/// Two clash when they have a recipient and a sender in common; it is told at the recipients, if they name any.
void OverrideClashes::compare(const Claim& claim, const Claim& earlier, std::map<std::string, Values>& told) {
  const std::vector<std::string> recipients = shared(claim.recipients, earlier.recipients);
  const std::vector<std::string> senders = shared(claim.senders, earlier.senders);
  if (recipients.empty() || senders.empty()) return;
  const bool names_recipients = !recipients.front().empty();
  const Patterns& own = names_recipients ? claim.recipients : claim.senders;
  const Patterns& first = names_recipients ? earlier.recipients : earlier.senders;
  for (const std::string& pattern : names_recipients ? recipients : senders) {
    Values twice{};
    for (std::size_t i = 0; i < twice.size(); ++i) {
      twice[i] = claim.sets[i] && earlier.sets[i] && !told[pattern][i];
      told[pattern][i] |= twice[i];
    }
    const std::string whose = names_recipients ? shown_pair(pattern, senders.front()) : shown_pair("", pattern);
    report(twice, {whose, own.at(pattern), first.at(pattern)});
  }
}

void OverrideClashes::report(const Values& values, const Twice& twice) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) continue;
    problems_.error(twice.where, std::string(kValueNames[i]) + " for " + twice.whose + " is set twice",
                    "first in " + place_of(twice.first));
  }
}

}  // namespace winnow
