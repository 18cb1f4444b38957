#include "cli/judgement_text.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "config/text_checks.h"
#include "config/units.h"

namespace winnow {
namespace {

using Json = nlohmann::ordered_json;

Json action_json(const Action& action) {
  Json json{{"action", action_name(action.kind)}};
  if (!action.name.empty()) json["name"] = action.name;
  if (!action.text.empty()) json["text"] = action.text;
  if (!action.address.empty()) json["address"] = action.address;
  if (!action.extension.empty()) json["extension"] = action.extension;
  if (action.reply_code != 0) json["code"] = action.reply_code;
  if (!action.enhanced_code.empty()) json["enhanced_code"] = action.enhanced_code;
  return json;
}

Json actions_json(const Decision& decision) {
  Json actions = Json::array();
  for (const Action& action : decision.actions) actions.push_back(action_json(action));
  return actions;
}

/// A message without recipients is decided for an index that stands for nobody.
std::vector<std::string> addresses_of(const RecipientDecision& one, const Envelope& envelope) {
  std::vector<std::string> addresses;
  for (const std::size_t index : one.recipients) {
    if (index < envelope.recipients.size()) addresses.push_back(envelope.recipients[index]);
  }
  return addresses;
}

Json decision_json(const RecipientDecision& one, const Envelope& envelope) {
  const Decision& decision = one.decision;
  Json json{{"recipients", addresses_of(one, envelope)},
            {"verdict", verdict_name(decision.verdict)},
            {"rule", decision.rule}};
  if (decision.wanted) json["wanted"] = verdict_name(*decision.wanted);
  json["actions"] = actions_json(decision);
  return json;
}

std::string action_text(const Action& action) {
  std::string text(action_name(action.kind));
  if (!action.name.empty()) text += ' ' + action.name;
  if (!action.address.empty()) text += ' ' + action.address;
  if (!action.extension.empty()) text += " +" + action.extension;
  if (action.reply_code != 0) text += ' ' + std::to_string(action.reply_code) + ' ' + action.enhanced_code;
  if (!action.text.empty()) text += " \"" + action.text + '"';
  return text;
}

}  // namespace

std::string percent_text(double probability) { return format_rounded_down(100.0 * probability, 1) + " %"; }

std::string spam_percent(const Judgement& judgement) {
  return judgement.probabilities.empty() ? "-" : percent_text(judgement.probabilities.front().probability);
}

std::string verdict_word(const Judgement& judgement) {
  if (!judgement.fallback) return std::string(verdict_name(judgement.decision.verdict));
  return std::string(on_error_name(judgement.fallback->action));
}

std::string decision_text(const Decision& decision) {
  std::string text(verdict_name(decision.verdict));
  if (!decision.rule.empty()) text += " by rule " + decision.rule;
  if (decision.wanted) text += ", which wanted " + std::string(verdict_name(*decision.wanted));
  return text;
}

std::string actions_text(const Decision& decision) {
  std::vector<std::string> texts;
  for (const Action& action : decision.actions) texts.push_back(action_text(action));
  return join(texts, ", ");
}

std::string recipients_of(const RecipientDecision& decision, const Judgement& judgement) {
  return join(addresses_of(decision, judgement.message.envelope), ", ");
}

std::string trial_word(const RuleTrial& trial, const std::string& deciding_rule) {
  if (trial.monitored) return "matched, only monitored";
  if (trial.matched) return trial.rule == deciding_rule ? "matched, decided" : "matched, went on";
  return "no";
}

std::string failure_text(const Judgement& judgement) {
  if (!judgement.fallback) return "";
  const std::string cause(score_error_name(judgement.fallback->cause));
  return judgement.fallback->detail.empty() ? cause : cause + ": " + judgement.fallback->detail;
}

std::string judgement_json(const std::string& file, const Judgement& judgement) {
  Json probability = Json::object();
  for (const LabelProbability& label : judgement.probabilities) probability[label.label] = label.probability;
  Json decisions = Json::array();
  for (const RecipientDecision& one : judgement.recipients)
    decisions.push_back(decision_json(one, judgement.message.envelope));
  const std::string failure = failure_text(judgement);
  const Json json{{"file", file},
                  {"probability", probability},
                  {"verdict", verdict_word(judgement)},
                  {"rule", judgement.decision.rule},
                  {"actions", actions_json(judgement.decision)},
                  {"decisions", decisions},
                  {"model", judgement.model},
                  {"truncated", judgement.message.truncated},
                  {"limits_hit", judgement.message.shape.limits_hit},
                  {"error", failure.empty() ? Json() : Json(failure)}};
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace winnow
