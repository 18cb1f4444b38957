#include "models/evaluate.h"

#include "models/ranking.h"

namespace winnow {

std::map<std::string, std::vector<ScoredMail>> mail_by_corpus(const std::vector<ScoredMail>& mail) {
  std::map<std::string, std::vector<ScoredMail>> parts;
  for (const ScoredMail& one : mail) parts[one.corpus].push_back(one);
  parts[""] = mail;
  return parts;
}

Evaluation evaluate(const std::vector<ScoredMail>& mail) { return figures_of(rank(mail)); }

std::map<std::string, Evaluation> evaluate_by_corpus(const std::vector<ScoredMail>& mail) {
  std::map<std::string, Evaluation> figures;
  for (const auto& [corpus, part] : mail_by_corpus(mail)) figures[corpus] = evaluate(part);
  return figures;
}

}  // namespace winnow
