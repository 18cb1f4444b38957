#include "rules/decision.h"

#include <array>

namespace winnow {
namespace {

constexpr std::array<std::string_view, kActionKinds> kNames{"accept",     "flag",          "junk",        "redirect",
                                                            "quarantine", "tempfail",      "reject",      "discard",
                                                            "add_header", "remove_header", "tag_subject", "bcc"};

// The final actions and the verdicts are the same, in the same order.
static_assert(static_cast<int>(ActionKind::Discard) == static_cast<int>(Verdict::Discard));
static_assert(static_cast<int>(ActionKind::Bcc) + 1 == kActionKinds);

}  // namespace

std::string_view action_name(ActionKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::string_view verdict_name(Verdict verdict) { return kNames[static_cast<std::size_t>(verdict)]; }

std::optional<ActionKind> action_named(std::string_view name) {
  for (std::size_t i = 0; i < kActionKinds; ++i) {
    if (kNames[i] == name) return static_cast<ActionKind>(i);
  }
  return std::nullopt;
}

std::optional<Verdict> verdict_named(std::string_view name) {
  const std::optional<ActionKind> kind = action_named(name);
  return kind ? verdict_of(*kind) : std::nullopt;
}

bool is_final(ActionKind kind) { return kind <= ActionKind::Discard; }

Action standard_action(ActionKind kind) {
  Action action;
  action.kind = kind;
  if (kind == ActionKind::Reject) {
    action.text = "message refused";
    action.reply_code = 550;
    action.enhanced_code = "5.7.1";
  } else if (kind == ActionKind::TempFail) {
    action.text = "try again later";
    action.reply_code = 451;
    action.enhanced_code = "4.7.1";
  }
  return action;
}

std::optional<Verdict> verdict_of(ActionKind kind) {
  if (!is_final(kind)) return std::nullopt;
  return static_cast<Verdict>(kind);
}

}  // namespace winnow
