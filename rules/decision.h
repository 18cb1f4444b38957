// decision.h - what the rules want done with a message, as plain values.
//
// Owns:    plain values.
// Source:  design of actions: RFC 5321 4.2 (replies), RFC 3463 (enhanced codes).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace winnow {

/// From the mildest to the strictest; the order is what `on_disagreement` compares.
enum class Verdict { Accept, Flag, Junk, Quarantine, TempFail, Reject, Discard };
std::string_view verdict_name(Verdict verdict);  // "accept", "flag", ...

enum class ActionKind { Accept, Flag, Junk, Quarantine, TempFail, Reject, Discard, AddHeader, TagSubject };
std::string_view action_name(ActionKind kind);

struct Action {
  ActionKind kind = ActionKind::Accept;
  std::string name;           // AddHeader: the header's name
  std::string text;           // AddHeader: value; TagSubject: prefix; Quarantine: reason; Reject, TempFail: reply text
  int reply_code = 0;         // Reject 5xx, TempFail 4xx
  std::string enhanced_code;  // "5.7.1"
  bool operator==(const Action&) const = default;
};

/// How one rule fared; the list tells why a decision was taken.
struct RuleTrial {
  std::string rule;
  bool matched = false;
  bool monitored = false;  // it matched, but its mode is monitor: nothing was done
};

struct Decision {
  Verdict verdict = Verdict::Accept;
  std::string rule;             // the rule that decided; "" when none did
  std::vector<Action> actions;  // of the deciding rule and of the `continue` rules before it, in order
  std::vector<std::string> monitored;  // rules in monitor mode that would have matched
  bool disagreement = false;    // recipients wanted different verdicts; see on_disagreement
};

}  // namespace winnow
