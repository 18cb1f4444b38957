// decision.h - what the rules want done with a message, as plain values.
//
// Owns:    plain values.
// Fails:   a name that is none gives nullopt.
// Source:  design of actions: RFC 5321 4.2 (replies), RFC 3463 (enhanced codes).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace winnow {

/// From the mildest to the strictest; the order is what `on_disagreement` compares.
enum class Verdict { Accept, Flag, Junk, Redirect, Quarantine, TempFail, Reject, Discard };
std::string_view verdict_name(Verdict verdict);  // "accept", "flag", ...
std::optional<Verdict> verdict_named(std::string_view name);

/// The final ones, which settle the verdict, first; then those that go with one.
enum class ActionKind {
  Accept,
  Flag,
  Junk,
  Redirect,
  Quarantine,
  TempFail,
  Reject,
  Discard,
  AddHeader,
  RemoveHeader,
  TagSubject,
  Bcc
};
inline constexpr std::size_t kActionKinds = 12;
std::string_view action_name(ActionKind kind);
std::optional<ActionKind> action_named(std::string_view name);

struct Action {
  ActionKind kind = ActionKind::Accept;
  std::string name;           // AddHeader, RemoveHeader: the header's name
  std::string text;           // AddHeader: value; TagSubject: prefix; Quarantine: reason; Reject, TempFail: the reply's
                              // lines, "\n" between them
  std::string address;        // Redirect, Bcc: the recipient instead of or beside the others
  std::string extension;      // Junk: of the recipient's address, user+EXTENSION@; "" leaves the address alone
  int reply_code = 0;         // Reject 5xx, TempFail 4xx
  std::string enhanced_code;  // "5.7.1"
  bool operator==(const Action&) const = default;
};

/// Accept, junk, reject ...: it settles the verdict. add_header and tag_subject do not.
bool is_final(ActionKind kind);
std::optional<Verdict> verdict_of(ActionKind kind);  // nullopt when it is not final

/// The action when a rule says no more than its name.
Action standard_action(ActionKind kind);

/// How one rule fared; the list tells why a decision was taken.
struct RuleTrial {
  std::string rule;
  bool matched = false;
  bool monitored = false;  // it matched, but its mode is monitor: nothing was done
};

/// What the rules want for one recipient.
struct Decision {
  Verdict verdict = Verdict::Accept;
  std::string rule;                    // the rule that decided; "" when none did
  std::vector<Action> actions;         // of the deciding rule and of the `continue` rules before it, in order
  std::vector<std::string> monitored;  // rules in monitor mode that would have matched
  std::optional<Verdict> wanted;       // what the rule wanted when the recipient's ceiling made it milder
  bool operator==(const Decision&) const = default;
};

/// Recipients, as indices into the envelope's, that get the same.
struct RecipientDecision {
  Decision decision;
  std::vector<std::size_t> recipients;
};

/// Some things can be done for one recipient (redirect, discard, junk with an extension), the others only for the message.
struct MessageDecision {
  Decision message;           // what is done with the message as a whole: one of the recipients' decisions
  bool disagreement = false;  // recipients wanted different verdicts for the whole message; see on_disagreement
  std::vector<RecipientDecision> recipients;  // every recipient once; at least one entry, also without recipients
};

}  // namespace winnow
