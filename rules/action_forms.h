// action_forms.h - every action of a rule, declared once: how it is written, what it does, what its parts may be.
//
// Owns:    the table lives as long as the process.
// Threads: immutable.
// Fails:   never.
// Units:   limits count bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "config/value_form.h"
#include "rules/decision.h"

namespace winnow {

struct TextLimits {
  std::size_t bytes;  // of a line
  std::size_t lines;
};

inline constexpr TextLimits kReplyLimits{400, 32};       // RFC 5321 4.5.3.1.5: 512 for the line, code and line end
                                                         // included; libmilter takes 32 lines
inline constexpr TextLimits kReasonLimits{100, 1};       // Postfix cuts a quarantine reason here
inline constexpr TextLimits kHeaderValueLimits{900, 1};  // RFC 5322 2.1.1: 998 for the line, name included
inline constexpr TextLimits kSubjectTagLimits{100, 1};
inline constexpr std::size_t kMaxExtensionBytes = 32;

struct ActionForm {
  ActionKind kind;
  std::string meaning;                // one sentence
  bool stands_alone;                  // its name is enough
  std::optional<ValueForm> argument;  // what follows after the name; none: nothing may
  std::string example;                // with the argument: "bcc: user@example.org"
};

const ActionForm& form_of(ActionKind kind);

/// An item of a rule's `then`: a name, or one name with its argument.
ValueForm action_form();

}  // namespace winnow
