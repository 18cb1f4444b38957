#include <nlohmann/json.hpp>

#include "models/evaluation_columns.h"
#include "models/full_evaluation.h"

namespace winnow {
namespace {

using Json = nlohmann::ordered_json;

Json figures_json(const Evaluation& figures) {
  Json json = {{"ham", figures.ham}, {"spam", figures.spam}};
  for (const EvaluationColumn& column : kEvaluationColumns) json[column.key] = figures.*column.figure;  // NaN: null
  return json;
}

Json intervals_json(const Intervals& intervals) {
  Json json = {{"resamples", intervals.resamples}};
  for (const EvaluationColumn& column : kEvaluationColumns) {
    json[column.key] = Json::array({intervals.low.*column.figure, intervals.high.*column.figure});
  }
  return json;
}

Json error_json(const ProbabilityError& error) { return {{"ece", error.ece}, {"brier", error.brier}}; }

Json full_json(const FullEvaluation& full) {
  Json json = figures_json(full.figures);
  if (full.intervals) json["intervals"] = intervals_json(*full.intervals);
  if (full.calibration) {
    json["calibration"] = {{"before", error_json(full.calibration->before)},
                           {"after", error_json(full.calibration->after)},
                           {"at_own_prior", error_json(full.calibration->at_own_prior)}};
  }
  json["thresholds"] = Json::array();
  for (const AtThreshold& at : full.thresholds) {
    json["thresholds"].push_back({{"threshold", at.threshold}, {"recall", at.recall}, {"fpr", at.fpr}});
  }
  return json;
}

template <typename Value, typename ToJson>
std::string by_corpus_json(const std::map<std::string, Value>& by_corpus, const ToJson& to_json) {
  Json json;
  json["corpora"] = Json::object();
  for (const auto& [corpus, value] : by_corpus) {
    if (!corpus.empty()) json["corpora"][corpus] = to_json(value);
  }
  if (const auto all = by_corpus.find(""); all != by_corpus.end()) json["all"] = to_json(all->second);
  return json.dump(2, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
}

}  // namespace

std::string evaluation_json(const std::map<std::string, Evaluation>& by_corpus) {
  return by_corpus_json(by_corpus, figures_json);
}

std::string full_evaluation_json(const std::map<std::string, FullEvaluation>& by_corpus) {
  return by_corpus_json(by_corpus, full_json);
}

}  // namespace winnow
