#include "milter/result_headers.h"

#include <algorithm>
#include <cstdio>

#include "config/units.h"
#include "milter/header_text.h"

namespace winnow {
namespace {

/// Names in X-Winnow end at ';' and blanks.
std::string token(std::string_view text) {
  std::string out = plain_line(text, 100);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == ';' || c == ' ' || c == '='; }, '_');
  return out;
}

/// `subject word "pills" (+1.2), link text names paypal.com, target does not (+0.9)`
std::string reasons_text(const std::vector<Contribution>& reasons) {
  constexpr std::size_t kMaxBytes = 80;
  std::string out;
  for (const Contribution& reason : reasons) {
    char strength[32];
    std::snprintf(strength, sizeof strength, " (%+.1f)", reason.log_odds);
    out += (out.empty() ? "" : ", ") + mail_words(reason.text, kMaxBytes) + strength;
  }
  return out;
}

bool has_action(const Decision& decision, ActionKind kind) {
  return std::any_of(decision.actions.begin(), decision.actions.end(),
                     [kind](const Action& action) { return action.kind == kind; });
}

std::string unscanned_value(const Fallback& fallback) {
  return "verdict=unscanned; cause=" + std::string(score_error_name(fallback.cause)) +
         "; action=" + std::string(on_error_name(fallback.action));
}

std::string judged_value(const Judgement& judgement) {
  std::string value = "verdict=" + std::string(verdict_name(judgement.decision.verdict));
  for (std::size_t i = 0; i < judgement.probabilities.size(); ++i) {
    const LabelProbability& label = judgement.probabilities[i];
    value += "; " + (i == 0 ? "probability" : token(label.label)) + "=" + format_rounded_down(label.probability, 4);
  }
  if (!judgement.decision.rule.empty()) value += "; rule=" + token(judgement.decision.rule);
  value += "; model=" + token(judgement.model);
  if (judgement.message.truncated) value += "; truncated=yes";
  if (!judgement.reasons.empty()) value += "; reasons=" + reasons_text(judgement.reasons);
  return value;
}

}  // namespace

std::vector<ResultHeader> result_headers(const Judgement& judgement, const HeaderSettings& settings) {
  std::vector<ResultHeader> headers;
  if (judgement.fallback) return {{"X-Winnow", folded("X-Winnow", unscanned_value(*judgement.fallback))}};
  const Decision& decision = judgement.decision;
  if (decision.verdict == Verdict::Junk) {
    headers.push_back({"X-Spam-Flag", "YES"});
    headers.push_back({"X-Spam", "Yes"});
  }
  if (decision.verdict == Verdict::Flag || has_action(decision, ActionKind::Flag)) {
    headers.push_back({settings.flag_name, folded(settings.flag_name, header_value(settings.flag_value))});
  }
  if (!judgement.probabilities.empty()) {
    const double spam = judgement.probabilities.front().probability;
    headers.push_back({"X-Spam-Score", format_rounded_down(spam * 100, 1) + "%"});
    headers.push_back({"X-Spam-Level", std::string(static_cast<std::size_t>(spam * 10 + 1e-9), '*')});
  }
  headers.push_back({"X-Winnow", folded("X-Winnow", judged_value(judgement))});
  return headers;
}

}  // namespace winnow
