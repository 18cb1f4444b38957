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
    const auto same =
        std::find_if(kept.begin(), end, [&](const auto& other) { return other.decision == one.decision; });
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

/// Discarding and redirecting are done for one recipient alone, so they have no say when there is another wish for the
/// message. But a redirect is a delivery, and counts against the verdicts that prevent one.
std::vector<const Decision*> with_a_say(const std::vector<RecipientDecision>& all) {
  const auto any_milder_than = [&](Verdict verdict) {
    return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.decision.verdict < verdict; });
  };
  const bool discards_count = !any_milder_than(Verdict::Discard), redirects_count = !any_milder_than(Verdict::Redirect);
  std::vector<const Decision*> some;
  for (const RecipientDecision& one : all) {
    const Verdict verdict = one.decision.verdict;
    if (verdict == Verdict::Discard && !discards_count) continue;
    if (verdict == Verdict::Redirect && !redirects_count) continue;
    some.push_back(&one.decision);
  }
  return some;
}

/// Headers and tags of recipients with the same verdict hold for all of them: whoever is named first must not decide
/// whether a warning stands on the message.
void add_marks(Decision& message, const Decision& from) {
  for (const Action& action : from.actions) {
    const bool is_known = std::find(message.actions.begin(), message.actions.end(), action) != message.actions.end();
    if (is_final(action.kind) || action.kind == ActionKind::Bcc || is_known) continue;
    message.actions.push_back(action);
  }
}

}  // namespace

void join_recipients(MessageDecision& all, OnDisagreement on_disagreement) {
  bring_together(all.recipients);
  const Decision* chosen = nullptr;
  for (const Decision* one : with_a_say(all.recipients)) {
    if (chosen == nullptr) chosen = one;
    const Verdict verdict = one->verdict, best = chosen->verdict;
    all.disagreement = all.disagreement || verdict != best;
    if (on_disagreement == OnDisagreement::Mildest ? verdict < best : verdict > best) chosen = one;
  }
  all.message = *chosen;
  for (const RecipientDecision& one : all.recipients) {
    if (&one.decision != chosen && one.decision.verdict == chosen->verdict) add_marks(all.message, one.decision);
  }
  for (const RecipientDecision& one : all.recipients) add_new(all.message.monitored, one.decision.monitored);
}

}  // namespace winnow
