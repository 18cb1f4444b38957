#include "rules/action_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "config/ascii.h"
#include "config/text_checks.h"
#include "rules/action_forms.h"
#include "rules/action_text.h"
#include "rules/overrides.h"
#include "rules/yaml_keys.h"

namespace winnow {
namespace {

constexpr std::size_t kAddressBytes = 254;  // RFC 5321 4.5.3.1.3, without the brackets

// A second one makes the message malformed, or changes what it is.
// clang-format off
constexpr std::array<std::string_view, 18> kOnceOnly{
    "Date",       "From",    "Sender",     "Reply-To",     "To",          "Cc",
    "Bcc",        "Subject", "Message-ID", "In-Reply-To",  "References",  "MIME-Version",
    "Received",   "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Return-Path", "Content-ID"};
// clang-format on

std::vector<std::string> action_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kActionKinds; ++i) names.emplace_back(action_name(static_cast<ActionKind>(i)));
  return names;
}

/// Reports the keys of an action's argument that it does not know.
void refuse_other_keys(const YamlNode& argument, ActionKind kind, Diagnostics& problems) {
  refuse_unknown_keys(argument, key_names(*form_of(kind).argument), "in " + std::string(action_name(kind)), problems);
}

/// For a hint: how an action is written with its argument.
std::string how_to_write(ActionKind kind) {
  const ActionForm& form = form_of(kind);
  return "write " + form.example + (form.stands_alone ? ", or just " + std::string(action_name(kind)) : "");
}

bool is_extension(std::string_view text) {
  return !text.empty() && text.size() <= kMaxExtensionBytes && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
}

std::string why_header_is_protected(std::string_view name, std::string_view why_once) {
  if (starts_ignoring_case(name, "X-Spam") || starts_ignoring_case(name, "X-Winnow")) {
    return "Winnow writes the X-Spam and X-Winnow headers itself, and removes those that come in";
  }
  const bool once = is_among_ignoring_case(kOnceOnly, name);
  return std::string(once ? why_once : "");
}

using Read = std::optional<RuleAction>;

class ActionReader {
 public:
  ActionReader(const std::string& rule_id, Diagnostics& problems) : rule_id_(rule_id), problems_(problems) {}

  Read read(const YamlNode& item) {
    if (item.kind == YamlNode::Kind::Scalar) return read_bare(item);
    if (item.kind == YamlNode::Kind::Mapping && item.entries.size() == 1) return read_with_argument(item.entries[0]);
    return fail(item.where,
                "an action is a name or a mapping of one name, got " +
                    (item.kind == YamlNode::Kind::Mapping ? "a mapping of " + std::to_string(item.entries.size())
                                                          : describe_found(item)),
                item.kind == YamlNode::Kind::Mapping ? "put each action into its own list item" : "");
  }

 private:
  Read fail(Location where, std::string text, std::string hint = {}) {
    problems_.error(std::move(where), std::move(text), std::move(hint));
    return std::nullopt;
  }

  RuleAction standard(ActionKind kind) const {
    RuleAction one{standard_action(kind), {}};
    if (kind == ActionKind::Quarantine) one.action.text = "rule " + rule_id_;
    return one;
  }

  Read read_bare(const YamlNode& item) {
    const std::optional<ActionKind> kind = action_named(item.scalar);
    if (!kind) {
      return fail(item.where, "unknown action " + quoted_for_message(item.scalar),
                  did_you_mean(item.scalar, action_names()));
    }
    if (form_of(*kind).stands_alone) return standard(*kind);
    return fail(item.where, item.scalar + " needs more than its name", how_to_write(*kind));
  }

  Read read_with_argument(const YamlNode::Entry& entry) {
    const std::optional<ActionKind> kind = action_named(entry.key);
    if (!kind) {
      return fail(entry.key_where, "unknown action " + quoted_for_message(entry.key),
                  did_you_mean(entry.key, action_names()));
    }
    if (!form_of(*kind).argument) {
      return fail(entry.value.where, entry.key + " takes no argument", "write just " + entry.key);
    }
    switch (*kind) {
      case ActionKind::TagSubject:
        return read_tag(entry.value);
      case ActionKind::RemoveHeader:
        return read_removal(entry.value);
      case ActionKind::Redirect:
      case ActionKind::Bcc:
        return read_recipient(*kind, entry);
      default:
        break;
    }
    if (entry.value.kind != YamlNode::Kind::Mapping) {
      return fail(entry.value.where, entry.key + " must be a mapping, got " + describe_found(entry.value),
                  how_to_write(*kind));
    }
    if (*kind == ActionKind::AddHeader) return read_header(entry);
    if (*kind == ActionKind::Quarantine) return read_quarantine(entry.value);
    if (*kind == ActionKind::Junk) return read_junk(entry.value);
    return read_reply(*kind, entry.value);
  }

  Read read_tag(const YamlNode& value) {
    RuleAction one = standard(ActionKind::TagSubject);
    return read_action_text(value, "tag_subject", kSubjectTagLimits, one, problems_) ? Read(std::move(one))
                                                                                     : std::nullopt;
  }

  Read read_removal(const YamlNode& value) {
    RuleAction one = standard(ActionKind::RemoveHeader);
    if (!check_header_name(value, "remove_header", "remove")) return std::nullopt;
    one.action.name = value.scalar;
    return one;
  }

  Read read_recipient(ActionKind kind, const YamlNode::Entry& entry) {
    RuleAction one = standard(kind);
    if (require_text(entry.value, entry.key, problems_) == nullptr) return std::nullopt;
    if (!is_address(entry.value.scalar)) {
      return fail(entry.value.where, quoted_for_message(entry.value.scalar) + " is not an address", how_to_write(kind));
    }
    one.action.address = entry.value.scalar;
    return one;
  }

  Read read_junk(const YamlNode& value) {
    refuse_other_keys(value, ActionKind::Junk, problems_);
    RuleAction one = standard(ActionKind::Junk);
    const YamlNode* extension = value.find("extension");
    if (extension == nullptr) return fail(value.where, "junk takes an extension", how_to_write(ActionKind::Junk));
    if (require_text(*extension, "extension", problems_) == nullptr) return std::nullopt;
    if (!is_extension(extension->scalar)) {
      return fail(extension->where, quoted_for_message(extension->scalar) + " is not an extension of an address",
                  "up to 32 letters, digits, '_', '-' and '.'");
    }
    one.action.extension = extension->scalar;
    return one;
  }

  Read read_header(const YamlNode::Entry& entry) {
    refuse_other_keys(entry.value, ActionKind::AddHeader, problems_);
    const YamlNode* name = entry.value.find("name");
    const YamlNode* value = entry.value.find("value");
    if (name == nullptr || value == nullptr) {
      return fail(entry.key_where, "add_header needs a name and a value", how_to_write(ActionKind::AddHeader));
    }
    RuleAction one = standard(ActionKind::AddHeader);
    const bool name_fits = check_header_name(*name, "name", "add");
    if (!read_action_text(*value, "value", kHeaderValueLimits, one, problems_) || !name_fits) return std::nullopt;
    one.action.name = name->scalar;
    return one;
  }

  bool check_header_name(const YamlNode& name, std::string_view key, const std::string& verb) {
    if (require_text(name, key, problems_) == nullptr) return false;
    if (!is_header_name(name.scalar)) {
      problems_.error(name.where, quoted_for_message(name.scalar) + " is not a header name",
                      "up to 64 printable ASCII characters without blanks and ':'");
      return false;
    }
    const std::string why = why_header_is_protected(
        name.scalar, verb == "add" ? "a message has one of its own" : "a message needs its own");
    if (why.empty()) return true;
    problems_.error(name.where, "a rule cannot " + verb + " the header " + quoted_for_message(name.scalar), why);
    return false;
  }

  Read read_quarantine(const YamlNode& value) {
    refuse_other_keys(value, ActionKind::Quarantine, problems_);
    RuleAction one = standard(ActionKind::Quarantine);
    const YamlNode* reason = value.find("reason");
    if (reason != nullptr && !read_action_text(*reason, "reason", kReasonLimits, one, problems_)) return std::nullopt;
    return one;
  }

  Read read_reply(ActionKind kind, const YamlNode& value) {
    refuse_other_keys(value, kind, problems_);
    RuleAction one = standard(kind);
    bool fine = true;
    if (const YamlNode* code = value.find("code")) fine = read_code(*code, one.action) && fine;
    if (const YamlNode* enhanced = value.find("enhanced")) fine = read_enhanced(*enhanced, one.action) && fine;
    if (const YamlNode* text = value.find("text")) {
      fine = read_action_text(*text, "text", kReplyLimits, one, problems_) && fine;
    }
    return fine ? Read(std::move(one)) : std::nullopt;
  }

  bool read_code(const YamlNode& node, Action& action) {
    const char expected = action.kind == ActionKind::Reject ? '5' : '4';
    const char other = expected == '5' ? '4' : '5';
    const std::string& text = node.scalar;
    const bool fits = node.kind == YamlNode::Kind::Scalar && text.size() == 3 && text[0] == expected &&
                      text[1] >= '0' && text[1] <= '5' && text[2] >= '0' && text[2] <= '9';
    if (!fits) {
      problems_.error(node.where,
                      "the code of " + std::string(action_name(action.kind)) + " must be a reply code from " +
                          expected + "00 to " + expected + "59, got " + describe_found(node),
                      !text.starts_with(other) ? ""
                      : other == '4'           ? "for a 4xx code use tempfail"
                                               : "for a 5xx code use reject");
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
    problems_.error(node.where,
                    "enhanced must be a code " + std::string(1, expected) + ".SUBJECT.DETAIL as RFC 3463 says, got " +
                        describe_found(node),
                    std::string("such as ") + expected + ".7.1");
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

std::optional<std::vector<RuleAction>> read_actions(const YamlNode& then, const std::string& rule_id,
                                                    Diagnostics& problems) {
  const std::string hint = then.kind == YamlNode::Kind::Scalar ? "write [" + then.scalar + "]" : "";
  if (!require_sequence(then, "then", hint, problems)) return std::nullopt;
  const std::size_t errors_before = problems.error_count();
  if (then.items.empty()) problems.error(then.where, "then has no action");
  std::vector<RuleAction> actions;
  std::optional<ActionKind> final_action;
  for (const YamlNode& item : then.items) {
    Read action = ActionReader(rule_id, problems).read(item);
    if (!action) continue;
    actions.push_back(std::move(*action));
    const ActionKind kind = actions.back().action.kind;
    if (!is_final(kind)) continue;
    if (final_action) {
      problems.error(item.where, "a rule has one final action, and '" + std::string(action_name(*final_action)) +
                                     "' is one already");
    }
    final_action = kind;
  }
  if (problems.error_count() > errors_before) return std::nullopt;
  return actions;
}

bool is_address(std::string_view text) {
  return text.size() <= kAddressBytes && !text.starts_with('@') && why_not_an_address_pattern(text).empty() &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return c > 0x20 && c <= 0x7E && c != '<' && c != '>' && c != '(' && c != ')' && c != ',' && c != ';' &&
                  c != ':' && c != '"' && c != '\\';
         });
}

}  // namespace winnow
