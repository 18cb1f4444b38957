#include "models/left_out.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "engine/manifest.h"
#include "models/whole_file.h"

namespace winnow {
namespace {

constexpr double kHalf = 0.5;  // the prior that balanced weights make

bool can_learn(const TrainingSet& set, const MailParts& parts, const std::string& label) {
  return std::any_of(parts.learnt.begin(), parts.learnt.end(),
                     [&](std::size_t at) { return is_positive(set.label(at), label); });
}

/// The first label's logits of ham, of each corpus that has enough of it to tell a share.
std::vector<std::vector<double>> ham_by_corpus(const TrainingSet& set, const std::vector<const LeftOutMail*>& judged) {
  std::map<std::string, std::vector<double>> by_corpus;
  for (const LeftOutMail* mail : judged) {
    if (!is_spam(set.label(mail->position)))
      by_corpus[set.corpus(mail->position)].push_back(mail->by_label.front().logit);
  }
  std::vector<std::vector<double>> enough;
  for (auto& [corpus, logits] : by_corpus) {
    if (logits.size() >= kFewestForLimits) enough.push_back(std::move(logits));
  }
  return enough;
}

TrainingEnd judge_group(const TrainingWork& work, const TrainingSet& set, Members& members, std::size_t group,
                        LeftOut& left_out) {
  const std::vector<std::string>& corpora = work.options.left_out[group];
  const std::vector<std::size_t> positions = set.of_corpora(corpora);
  std::unique_ptr<Trainer> trainer;
  const MailParts parts = set.parts_without(corpora);
  const TrainingEnd end = members.train(parts, group + 1, trainer);
  if (end != TrainingEnd::Done) return end;
  std::vector<std::vector<CalibrationSample>> by_label;
  if (!predict_mail(work, set, *trainer, positions, by_label)) return TrainingEnd::Failed;
  std::vector<bool> learnable;
  for (const std::string& label : set.labels()) learnable.push_back(can_learn(set, parts, label));
  for (std::size_t i = 0; i < positions.size(); ++i) {
    LeftOutMail& mail = left_out.mail.emplace_back(LeftOutMail{positions[i], group, {}});
    for (std::size_t label = 0; label < by_label.size(); ++label) {
      mail.by_label.push_back(by_label[label][i]);
      if (!learnable[label]) mail.by_label.back().weight = 0;
    }
  }
  if (!work.options.left_out_models.empty()) left_out.judges.push_back(std::move(trainer));
  return TrainingEnd::Done;
}

bool write_judge(const TrainingWork& work, const TrainingSet& set, const LeftOut& left_out, std::size_t group,
                 Manifest manifest) {
  const std::vector<std::string>& corpora = work.options.left_out[group];
  const std::string name = judge_name(corpora);
  manifest.name = name;
  manifest.corpora_digest = set.digest(set.parts_without(corpora));
  const auto calibrations = calibrate_left_out(set, left_out.mail, group);
  for (std::size_t label = 0; label < calibrations.size(); ++label) {
    if (is_learnt(calibrations[label])) manifest.calibration[label] = *calibrations[label];
  }
  std::string archive;
  return work.check(left_out.judges[group]->save(write_manifest(manifest), archive)) &&
         work.check(write_public_file(work.options.left_out_models / (name + ".pt"), archive));
}

}  // namespace

std::string judge_name(const std::vector<std::string>& corpora) {
  std::string name = "without";
  for (const std::string& corpus : corpora) name += (&corpus == &corpora.front() ? "-" : "+") + corpus;
  std::replace(name.begin(), name.end(), '/', '-');
  return name;
}

TrainingEnd judge_left_out(const TrainingWork& work, const TrainingSet& set, Members& members, LeftOut& left_out) {
  for (std::size_t group = 0; group < work.options.left_out.size(); ++group) {
    const TrainingEnd end = judge_group(work, set, members, group, left_out);
    if (end != TrainingEnd::Done) return end;
  }
  return TrainingEnd::Done;
}

bool write_judges(const TrainingWork& work, const TrainingSet& set, const LeftOut& left_out, const Manifest& manifest) {
  for (std::size_t group = 0; group < left_out.judges.size(); ++group) {
    if (!write_judge(work, set, left_out, group, manifest)) return false;
  }
  return true;
}

std::vector<std::optional<Calibration>> calibrate_left_out(const TrainingSet& set,
                                                           const std::vector<LeftOutMail>& judged,
                                                           std::optional<std::size_t> without_group) {
  std::vector<const LeftOutMail*> taken;
  std::vector<std::size_t> positions;
  for (const LeftOutMail& mail : judged) {
    if (mail.group == without_group) continue;
    taken.push_back(&mail);
    positions.push_back(mail.position);
  }
  const std::vector<double> weights = set.balanced_weights(positions);
  std::vector<std::optional<Calibration>> calibrations;
  for (std::size_t label = 0; label < set.labels().size(); ++label) {
    std::vector<CalibrationSample> samples;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      samples.push_back(taken[i]->by_label[label]);
      samples.back().weight *= weights[i];
    }
    calibrations.push_back(fit_calibration(samples));
  }
  if (calibrations.front())
    calibrations.front() = lowered_for_ham(*calibrations.front(), ham_by_corpus(set, taken), kHamLimits);
  return calibrations;
}

std::map<std::string, Evaluation> evaluate_left_out(const TrainingSet& set, const std::vector<LeftOutMail>& judged) {
  std::vector<ScoredMail> scored;
  std::size_t groups = 0;
  for (const LeftOutMail& mail : judged) groups = std::max(groups, mail.group + 1);
  for (std::size_t group = 0; group < groups; ++group) {
    const std::optional<Calibration> calibration = calibrate_left_out(set, judged, group).front();
    if (!is_learnt(calibration)) continue;
    for (const LeftOutMail& mail : judged) {
      if (mail.group != group) continue;
      const auto p = calibrate(mail.by_label.front().logit, *calibration, kHalf, kHalf);
      if (p) scored.push_back({"", set.corpus(mail.position), set.label(mail.position), p->value()});
    }
  }
  return scored.empty() ? std::map<std::string, Evaluation>{} : evaluate_by_corpus(scored);
}

}  // namespace winnow
