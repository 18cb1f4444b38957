#include "rules/action_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "config/text_checks.h"
#include "rules/yaml_keys.h"

namespace winnow {
namespace {

constexpr std::size_t kReplyTextBytes = 400;  // RFC 5321 4.5.3.1.5: 512 for the line, code and line end included
constexpr std::size_t kReasonBytes = 100;     // Postfix cuts a quarantine reason here
constexpr std::size_t kHeaderValueBytes = 900;  // RFC 5322 2.1.1: 998 for the line, name included
constexpr std::size_t kSubjectTagBytes = 100;

constexpr std::array<ActionKind, 9> kKinds{
    ActionKind::Accept,   ActionKind::Flag,   ActionKind::Junk,    ActionKind::Quarantine, ActionKind::TempFail,
    ActionKind::Reject,   ActionKind::Discard, ActionKind::AddHeader, ActionKind::TagSubject};

// A second one makes the message malformed, or changes what it is.
constexpr std::array<std::string_view, 18> kOnceOnly{
    "Date",       "From",    "Sender",     "Reply-To",     "To",          "Cc",
    "Bcc",        "Subject", "Message-ID", "In-Reply-To",  "References",  "MIME-Version",
    "Received",   "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Return-Path", "Content-ID"};

std::optional<ActionKind> kind_named(std::string_view name) {
  for (const ActionKind kind : kKinds) {
    if (action_name(kind) == name) return kind;
  }
  return std::nullopt;
}

std::vector<std::string> action_names() {
  std::vector<std::string> names;
  for (const ActionKind kind : kKinds) names.emplace_back(action_name(kind));
  return names;
}

/// Takes no argument beside its name.
bool is_plain(ActionKind kind) {
  return kind == ActionKind::Accept || kind == ActionKind::Flag || kind == ActionKind::Junk ||
         kind == ActionKind::Discard;
}

std::string why_header_is_protected(std::string_view name) {
  const auto starts = [&](std::string_view prefix) { return equal_ignoring_case(name.substr(0, prefix.size()), prefix); };
  if (starts("X-Spam") || starts("X-Winnow")) {
    return "Winnow writes the X-Spam and X-Winnow headers itself, and removes those that come in";
  }
  const bool once = std::any_of(kOnceOnly.begin(), kOnceOnly.end(),
                                [&](std::string_view other) { return equal_ignoring_case(name, other); });
  return once ? "a message has one of its own" : "";
}

class ActionReader {
 public:
  ActionReader(const std::string& rule_id, Diagnostics& problems) : rule_id_(rule_id), problems_(problems) {}

  std::optional<Action> read(const YamlNode& item) {
    if (item.kind == YamlNode::Kind::Scalar) return read_bare(item);
    if (item.kind == YamlNode::Kind::Mapping && item.entries.size() == 1) return read_with_argument(item.entries[0]);
    return fail(item.where, "an action is a name or a mapping of one name, got " +
                                (item.kind == YamlNode::Kind::Mapping
                                     ? "a mapping of " + std::to_string(item.entries.size())
                                     : describe_found(item)),
                item.kind == YamlNode::Kind::Mapping ? "put each action into its own list item" : "");
  }

 private:
  std::optional<Action> fail(Location where, std::string text, std::string hint = {}) {
    problems_.error(std::move(where), std::move(text), std::move(hint));
    return std::nullopt;
  }

  std::optional<Action> fail_unknown(const Location& where, const std::string& name) {
    return fail(where, "unknown action " + quoted_for_message(name), did_you_mean(name, action_names()));
  }

  Action with_defaults(ActionKind kind) const {
    Action action{kind, {}, {}, 0, {}};
    if (kind == ActionKind::Reject) action = {kind, {}, "message refused", 550, "5.7.1"};
    if (kind == ActionKind::TempFail) action = {kind, {}, "try again later", 451, "4.7.1"};
    if (kind == ActionKind::Quarantine) action.text = "rule " + rule_id_;
    return action;
  }

  std::optional<Action> read_bare(const YamlNode& item) {
    const std::optional<ActionKind> kind = kind_named(item.scalar);
    if (!kind) return fail_unknown(item.where, item.scalar);
    if (*kind == ActionKind::AddHeader) {
      return fail(item.where, "add_header needs a name and a value", "write add_header: {name: ..., value: ...}");
    }
    if (*kind == ActionKind::TagSubject) return fail(item.where, "tag_subject needs a text", "write tag_subject: \"...\"");
    return with_defaults(*kind);
  }

  std::optional<Action> read_with_argument(const YamlNode::Entry& entry) {
    const std::optional<ActionKind> kind = kind_named(entry.key);
    if (!kind) return fail_unknown(entry.key_where, entry.key);
    if (is_plain(*kind)) return fail(entry.value.where, entry.key + " takes no argument", "write just " + entry.key);
    if (*kind == ActionKind::TagSubject) return read_tag(entry.value);
    if (!require_mapping(entry.value, entry.key, problems_)) return std::nullopt;
    if (*kind == ActionKind::AddHeader) return read_header(entry);
    if (*kind == ActionKind::Quarantine) return read_quarantine(entry.value);
    return read_reply(*kind, entry.value);
  }

  /// Printable ASCII of 1..most bytes. Everything a rule says goes on the wire, so nothing else may be in it.
  const std::string* read_text(const YamlNode& value, std::string_view name, std::size_t most) {
    const std::string* text = require_text(value, name, problems_);
    if (text == nullptr || (text->size() <= most && is_printable_ascii(*text))) return text;
    problems_.error(value.where, std::string(name) + (text->size() > most
                                                          ? " may have " + std::to_string(most) + " characters at most"
                                                          : " may hold printable ASCII characters only"));
    return nullptr;
  }

  std::optional<Action> read_tag(const YamlNode& value) {
    const std::string* text = read_text(value, "tag_subject", kSubjectTagBytes);
    if (text == nullptr) return std::nullopt;
    return Action{ActionKind::TagSubject, {}, *text, 0, {}};
  }

  std::optional<Action> read_header(const YamlNode::Entry& entry) {
    refuse_unknown_keys(entry.value, {"name", "value"}, "in add_header", problems_);
    const YamlNode* name = entry.value.find("name");
    const YamlNode* value = entry.value.find("value");
    if (name == nullptr || value == nullptr) {
      return fail(entry.key_where, "add_header needs a name and a value", "write add_header: {name: ..., value: ...}");
    }
    const bool name_fits = check_header_name(*name);
    const std::string* text = read_text(*value, "value", kHeaderValueBytes);
    if (!name_fits || text == nullptr) return std::nullopt;
    return Action{ActionKind::AddHeader, name->scalar, *text, 0, {}};
  }

  bool check_header_name(const YamlNode& name) {
    if (require_text(name, "name", problems_) == nullptr) return false;
    if (!is_header_name(name.scalar)) {
      problems_.error(name.where, quoted_for_message(name.scalar) + " is not a header name",
                      "printable ASCII without blanks and ':'");
      return false;
    }
    const std::string why = why_header_is_protected(name.scalar);
    if (why.empty()) return true;
    problems_.error(name.where, "a rule cannot add the header " + quoted_for_message(name.scalar), why);
    return false;
  }

  std::optional<Action> read_quarantine(const YamlNode& value) {
    refuse_unknown_keys(value, {"reason"}, "in quarantine", problems_);
    Action action = with_defaults(ActionKind::Quarantine);
    if (const YamlNode* reason = value.find("reason")) {
      const std::string* text = read_text(*reason, "reason", kReasonBytes);
      if (text == nullptr) return std::nullopt;
      action.text = *text;
    }
    return action;
  }

  std::optional<Action> read_reply(ActionKind kind, const YamlNode& value) {
    refuse_unknown_keys(value, {"code", "enhanced", "text"}, "in " + std::string(action_name(kind)), problems_);
    Action action = with_defaults(kind);
    bool fine = true;
    if (const YamlNode* code = value.find("code")) fine = read_code(*code, action) && fine;
    if (const YamlNode* enhanced = value.find("enhanced")) fine = read_enhanced(*enhanced, action) && fine;
    if (const YamlNode* node = value.find("text")) {
      const std::string* text = read_text(*node, "text", kReplyTextBytes);
      if (text != nullptr) action.text = *text;
      fine = fine && text != nullptr;
    }
    return fine ? std::optional(action) : std::nullopt;
  }

  bool read_code(const YamlNode& node, Action& action) {
    const char expected = action.kind == ActionKind::Reject ? '5' : '4';
    const std::string& text = node.scalar;
    const bool fits = node.kind == YamlNode::Kind::Scalar && text.size() == 3 && text[0] == expected &&
                      text[1] >= '0' && text[1] <= '5' && text[2] >= '0' && text[2] <= '9';
    if (!fits) {
      problems_.error(node.where,
                      "the code of " + std::string(action_name(action.kind)) + " must be a reply code " +
                          std::string(1, expected) + "xx, got " + describe_found(node),
                      expected == '5' ? "for a 4xx code use tempfail" : "for a 5xx code use reject");
      return false;
    }
    if (text == "421") {
      problems_.error(node.where, "421 would close the client's connection and fail its other mail", "write 451");
      return false;
    }
    std::from_chars(text.data(), text.data() + text.size(), action.reply_code);
    return true;
  }

  bool read_enhanced(const YamlNode& node, Action& action) {
    const char expected = action.kind == ActionKind::Reject ? '5' : '4';
    if (node.kind == YamlNode::Kind::Scalar && is_enhanced_code(node.scalar) && node.scalar[0] == expected) {
      action.enhanced_code = node.scalar;
      return true;
    }
    problems_.error(node.where, "enhanced must be a code " + std::string(1, expected) +
                                    ".SUBJECT.DETAIL as RFC 3463 says, got " + describe_found(node));
    return false;
  }

  static bool is_enhanced_code(std::string_view text) {
    std::size_t dots = 0, digits = 0;
    for (const char c : text) {
      if (c == '.' && digits > 0) {
        ++dots;
        digits = 0;
      } else if (c >= '0' && c <= '9' && digits < (dots == 0 ? 1u : 3u)) {
        ++digits;
      } else {
        return false;
      }
    }
    return dots == 2 && digits > 0;
  }

  const std::string& rule_id_;
  Diagnostics& problems_;
};

}  // namespace

std::optional<std::vector<Action>> read_actions(const YamlNode& then, const std::string& rule_id,
                                                Diagnostics& problems) {
  const std::string hint = then.kind == YamlNode::Kind::Scalar ? "write [" + then.scalar + "]" : "";
  if (!require_sequence(then, "then", hint, problems)) return std::nullopt;
  const std::size_t errors_before = problems.error_count();
  if (then.items.empty()) problems.error(then.where, "then has no action");
  std::vector<Action> actions;
  const Action* final_action = nullptr;
  actions.reserve(then.items.size());
  for (const YamlNode& item : then.items) {
    std::optional<Action> action = ActionReader(rule_id, problems).read(item);
    if (!action) continue;
    actions.push_back(std::move(*action));
    if (!is_final(actions.back().kind)) continue;
    if (final_action != nullptr) {
      problems.error(item.where, "a rule has one final action, and '" + std::string(action_name(final_action->kind)) +
                                     "' is one already");
    }
    final_action = &actions.back();
  }
  if (problems.error_count() > errors_before) return std::nullopt;
  return actions;
}

bool is_final(ActionKind kind) { return kind != ActionKind::AddHeader && kind != ActionKind::TagSubject; }

std::optional<Verdict> verdict_of(const std::vector<Action>& actions) {
  for (const Action& action : actions) {
    switch (action.kind) {
      case ActionKind::Accept:
        return Verdict::Accept;
      case ActionKind::Flag:
        return Verdict::Flag;
      case ActionKind::Junk:
        return Verdict::Junk;
      case ActionKind::Quarantine:
        return Verdict::Quarantine;
      case ActionKind::TempFail:
        return Verdict::TempFail;
      case ActionKind::Reject:
        return Verdict::Reject;
      case ActionKind::Discard:
        return Verdict::Discard;
      case ActionKind::AddHeader:
      case ActionKind::TagSubject:
        break;
    }
  }
  return std::nullopt;
}

}  // namespace winnow
