#include "cli/judgement_text.h"

#include <nlohmann/json.hpp>

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

}  // namespace

std::string percent_text(double probability) { return format_rounded_down(100.0 * probability, 1) + " %"; }

std::string spam_percent(const Judgement& judgement) {
  return judgement.probabilities.empty() ? "-" : percent_text(judgement.probabilities.front().probability);
}

std::string verdict_word(const Judgement& judgement) {
  if (!judgement.fallback) return std::string(verdict_name(judgement.decision.verdict));
  return judgement.fallback->action == OnError::Accept ? "accept" : "tempfail";
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
  Json actions = Json::array();
  for (const Action& action : judgement.decision.actions) actions.push_back(action_json(action));
  const std::string failure = failure_text(judgement);
  const Json json{{"file", file},
                  {"probability", probability},
                  {"verdict", verdict_word(judgement)},
                  {"rule", judgement.decision.rule},
                  {"actions", actions},
                  {"model", judgement.model},
                  {"truncated", judgement.message.truncated},
                  {"error", failure.empty() ? Json() : Json(failure)}};
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace winnow
