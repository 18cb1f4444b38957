#include "milter/recipient_changes.h"

#include <algorithm>
#include <unordered_set>

#include "rules/value_list.h"

namespace winnow {
namespace {

/// user@example.org -> user+Junk@example.org; an extension that is there already is replaced. A quoted local part has no
/// extension that MTAs agree on, so that mail goes where it would have gone.
std::string with_extension(const std::string& address, const std::string& extension) {
  if (address.starts_with('"') || address.starts_with('@')) return address;
  const std::size_t at = address.rfind('@');
  const std::string local = address.substr(0, at);
  const std::size_t plus = local.find('+', 1);
  return local.substr(0, plus) + "+" + extension + (at == std::string::npos ? "" : address.substr(at));
}

const Action* final_action(const Decision& decision) {
  const auto found = std::find_if(decision.actions.begin(), decision.actions.end(),
                                  [](const Action& action) { return is_final(action.kind); });
  return found == decision.actions.end() ? nullptr : &*found;
}

/// Who gets the message in the recipient's place; "" for nobody.
std::string destination_of(const std::string& recipient, const Decision& decision) {
  const Action* action = final_action(decision);
  if (action == nullptr) return recipient;
  if (action->kind == ActionKind::Discard) return "";
  if (action->kind == ActionKind::Redirect && !action->address.empty()) return action->address;
  if (action->kind == ActionKind::Junk && !action->extension.empty()) return with_extension(recipient, action->extension);
  return recipient;
}

/// In the order in which they were added, each once.
class Addresses {
 public:
  void add(const std::string& address) {
    if (!address.empty() && known_.insert(address).second) all_.push_back(address);
  }
  bool contains(const std::string& address) const { return known_.contains(address); }
  const std::vector<std::string>& all() const { return all_; }

 private:
  std::vector<std::string> all_;
  std::unordered_set<std::string, IgnoringCase, IgnoringCase> known_;
};

bool changes_recipients(const Decision& decision) {
  return std::any_of(decision.actions.begin(), decision.actions.end(), [](const Action& action) {
    return action.kind == ActionKind::Discard || action.kind == ActionKind::Redirect || action.kind == ActionKind::Bcc ||
           !action.extension.empty();
  });
}

}  // namespace

void change_recipients(const Judgement& judgement, std::vector<Modification>& out) {
  const std::vector<std::string>& envelope = judgement.message.envelope.recipients;
  const bool is_needed = std::any_of(judgement.recipients.begin(), judgement.recipients.end(),
                                     [](const RecipientDecision& one) { return changes_recipients(one.decision); });
  if (!is_needed || envelope.empty()) return;
  Addresses before, after;
  for (const std::string& recipient : envelope) before.add(recipient);
  for (const RecipientDecision& one : judgement.recipients) {
    for (const std::size_t index : one.recipients) {
      if (index < envelope.size()) after.add(destination_of(envelope[index], one.decision));
    }
    for (const Action& action : one.decision.actions) {
      if (action.kind == ActionKind::Bcc) after.add(action.address);
    }
  }
  for (const std::string& address : after.all()) {
    if (!before.contains(address)) out.push_back({Modification::Kind::AddRecipient, "", 0, address});
  }
  for (const std::string& address : before.all()) {
    if (!after.contains(address)) out.push_back({Modification::Kind::RemoveRecipient, "", 0, address});
  }
}

}  // namespace winnow
