#include "rules/message_decision.h"

#include <algorithm>
#include <utility>

namespace winnow {
namespace {

// With 10,000 recipients whose decisions all differ, comparing each with each would take seconds.
constexpr std::size_t kMaxCompared = 64;

void bring_together(std::vector<RecipientDecision>& all) {
  std::vector<RecipientDecision> kept;
  for (RecipientDecision& one : all) {
    const auto end = kept.begin() + static_cast<std::ptrdiff_t>(std::min(kept.size(), kMaxCompared));
    const auto same = std::find_if(kept.begin(), end, [&](const auto& other) { return other.decision == one.decision; });
    if (same == end) {
      kept.push_back(std::move(one));
    } else {
      same->recipients.insert(same->recipients.end(), one.recipients.begin(), one.recipients.end());
    }
  }
  all = std::move(kept);
}

/// The names of `from` that are not there yet.
void add_new(std::vector<std::string>& names, const std::vector<std::string>& from) {
  for (const std::string& name : from) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
}

}  // namespace

void join_recipients(MessageDecision& all, OnDisagreement on_disagreement) {
  bring_together(all.recipients);
  const bool all_discarded = std::all_of(all.recipients.begin(), all.recipients.end(), [](const auto& one) {
    return one.decision.verdict == Verdict::Discard;
  });
  const Decision* chosen = nullptr;
  for (const RecipientDecision& one : all.recipients) {
    const Verdict verdict = one.decision.verdict;
    if (verdict == Verdict::Discard && !all_discarded) continue;
    if (chosen == nullptr) chosen = &one.decision;
    all.disagreement = all.disagreement || verdict != chosen->verdict;
    const bool is_wanted = on_disagreement == OnDisagreement::Mildest ? verdict < chosen->verdict : verdict > chosen->verdict;
    if (is_wanted) chosen = &one.decision;
  }
  all.message = *chosen;
  for (const RecipientDecision& one : all.recipients) add_new(all.message.monitored, one.decision.monitored);
}

}  // namespace winnow
