#include "milter/recipient_changes.h"

#include <algorithm>
#include <functional>
#include <string>
#include <unordered_set>

#include "milter/plain_address.h"
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
  if (action->kind == ActionKind::Junk && !action->extension.empty())
    return with_extension(recipient, action->extension);
  return recipient;
}

/// In the order in which they were added, each once.
template <typename Hash, typename Equal>
class InOrder {
 public:
  void add(const std::string& address) {
    if (!address.empty() && known_.insert(address).second) all_.push_back(address);
  }
  bool contains(const std::string& address) const { return known_.contains(address); }
  const std::vector<std::string>& all() const { return all_; }

 private:
  std::vector<std::string> all_;
  std::unordered_set<std::string, Hash, Equal> known_;
};
using Addresses = InOrder<IgnoringCase, IgnoringCase>;
using Spellings = InOrder<std::hash<std::string>, std::equal_to<>>;

/// By which an MTA may know a recipient. Postfix compares letter by letter and reports success when it has removed nobody,
/// so each is removed.
void add_spellings(const Envelope& envelope, std::size_t index, const std::string& mailbox, Spellings& spellings) {
  spellings.add(envelope.recipients[index]);
  spellings.add(mailbox);
  if (index >= envelope.written_recipients.size()) return;  // there was no session
  spellings.add(envelope.written_recipients[index]);
  spellings.add(plain_address(envelope.written_recipients[index]));
}

bool changes_recipients(const Decision& decision) {
  return std::any_of(decision.actions.begin(), decision.actions.end(), [](const Action& action) {
    return action.kind == ActionKind::Discard || action.kind == ActionKind::Redirect ||
           action.kind == ActionKind::Bcc || !action.extension.empty();
  });
}

}  // namespace

std::size_t change_recipients(const Judgement& judgement, std::vector<Modification>& out) {
  const Envelope& envelope = judgement.message.envelope;
  const bool is_needed = std::any_of(judgement.recipients.begin(), judgement.recipients.end(),
                                     [](const RecipientDecision& one) { return changes_recipients(one.decision); });
  if (!is_needed || envelope.recipients.empty()) return 0;
  std::vector<std::string> mailboxes;
  for (const std::string& recipient : envelope.recipients) mailboxes.push_back(plain_address(recipient));
  Addresses before, after;
  for (const std::string& mailbox : mailboxes) before.add(mailbox);
  for (const RecipientDecision& one : judgement.recipients) {
    for (const std::size_t index : one.recipients) {
      if (index < mailboxes.size()) after.add(destination_of(mailboxes[index], one.decision));
    }
    for (const Action& action : one.decision.actions) {
      if (action.kind == ActionKind::Bcc) after.add(action.address);
    }
  }
  for (const std::string& address : after.all()) {
    if (!before.contains(address)) out.push_back({Modification::Kind::AddRecipient, "", 0, address});
  }
  Spellings removed;
  std::size_t count = 0;
  for (std::size_t index = 0; index < mailboxes.size(); ++index) {
    if (after.contains(mailboxes[index])) continue;
    add_spellings(envelope, index, mailboxes[index], removed);
    ++count;
  }
  for (const std::string& spelling : removed.all()) {
    if (!after.contains(spelling)) out.push_back({Modification::Kind::RemoveRecipient, "", 0, spelling});
  }
  return count;
}

}  // namespace winnow
