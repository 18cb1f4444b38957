#include "models/evaluate.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace winnow {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kBins = 15;

struct Scored {
  double probability;
  bool is_spam;
};

double share(double part, double whole) { return whole > 0 ? part / whole : kUnknown; }

/// All messages from the most to the least probable spam. Walks over groups of equal probability, because no
/// threshold can tell those apart.
class Ranking {
 public:
  explicit Ranking(const std::vector<ScoredMail>& mail) {
    for (const ScoredMail& one : mail) scored_.push_back({one.probability, is_spam(one.label)});
    std::sort(scored_.begin(), scored_.end(),
              [](const Scored& a, const Scored& b) { return a.probability > b.probability; });
    spam_ =
        static_cast<double>(std::count_if(scored_.begin(), scored_.end(), [](const Scored& s) { return s.is_spam; }));
    ham_ = static_cast<double>(scored_.size()) - spam_;
  }

  double spam() const { return spam_; }
  double ham() const { return ham_; }

  double auc() const {
    double spam_above = 0, pairs = 0;
    for (std::size_t at = 0; at < scored_.size();) {
      const Group group = group_at(at);
      pairs += group.ham * (spam_above + group.spam / 2);
      spam_above += group.spam;
      at = group.end;
    }
    return share(pairs, spam_ * ham_);
  }

  double recall_at_fpr(double max_fpr) const {
    if (ham_ == 0 || spam_ == 0) return kUnknown;
    double spam_above = 0, ham_above = 0;
    for (std::size_t at = 0; at < scored_.size();) {
      const Group group = group_at(at);
      if (ham_above + group.ham > max_fpr * ham_) break;
      spam_above += group.spam;
      ham_above += group.ham;
      at = group.end;
    }
    return spam_above / spam_;
  }

  double recall_from(double threshold) const { return share(count_from(threshold, true), spam_); }
  double fpr_from(double threshold) const { return share(count_from(threshold, false), ham_); }

  double brier() const {
    double sum = 0;
    for (const Scored& one : scored_) sum += std::pow(one.probability - (one.is_spam ? 1 : 0), 2);
    return share(sum, static_cast<double>(scored_.size()));
  }

  double ece() const {
    double gaps = 0;
    std::size_t begin = 0;
    for (std::size_t bin = 1; bin <= kBins; ++bin) {
      const std::size_t planned = scored_.size() * bin / kBins;
      if (planned <= begin) continue;
      const std::size_t end = group_at(planned - 1).end;
      double balance = 0;
      for (std::size_t at = begin; at < end; ++at) balance += (scored_[at].is_spam ? 1 : 0) - scored_[at].probability;
      gaps += std::abs(balance);
      begin = end;
    }
    return share(gaps, static_cast<double>(scored_.size()));
  }

 private:
  struct Group {
    double spam = 0, ham = 0;
    std::size_t end = 0;
  };

  /// From this message to the last one of the same probability.
  Group group_at(std::size_t at) const {
    Group group;
    const double probability = scored_[at].probability;
    for (group.end = at; group.end < scored_.size() && scored_[group.end].probability == probability; ++group.end) {
      (scored_[group.end].is_spam ? group.spam : group.ham) += 1;
    }
    return group;
  }

  double count_from(double threshold, bool spam) const {
    return static_cast<double>(std::count_if(scored_.begin(), scored_.end(), [&](const Scored& one) {
      return one.is_spam == spam && one.probability >= threshold;
    }));
  }

  std::vector<Scored> scored_;
  double spam_ = 0, ham_ = 0;
};

}  // namespace

Evaluation evaluate(const std::vector<ScoredMail>& mail) {
  const Ranking ranking(mail);
  Evaluation figures;
  figures.ham = static_cast<std::size_t>(ranking.ham());
  figures.spam = static_cast<std::size_t>(ranking.spam());
  figures.auc = ranking.auc();
  figures.one_minus_auc = 1 - figures.auc;
  figures.recall_at_fpr_01 = ranking.recall_at_fpr(0.001);
  figures.recall_at_fpr_05 = ranking.recall_at_fpr(0.005);
  figures.recall_at_fpr_1 = ranking.recall_at_fpr(0.01);
  figures.recall_50 = ranking.recall_from(0.5);
  figures.fpr_50 = ranking.fpr_from(0.5);
  figures.recall_90 = ranking.recall_from(0.9);
  figures.fpr_90 = ranking.fpr_from(0.9);
  figures.ece = ranking.ece();
  figures.brier = ranking.brier();
  return figures;
}

std::map<std::string, Evaluation> evaluate_by_corpus(const std::vector<ScoredMail>& mail) {
  std::map<std::string, std::vector<ScoredMail>> parts;
  for (const ScoredMail& one : mail) parts[one.corpus].push_back(one);
  std::map<std::string, Evaluation> figures;
  for (const auto& [corpus, part] : parts) figures[corpus] = evaluate(part);
  figures[""] = evaluate(mail);
  return figures;
}

}  // namespace winnow
