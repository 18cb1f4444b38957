#include "models/train.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <system_error>

#include "config/text_checks.h"
#include "engine/features/features.h"
#include "engine/manifest.h"
#include "engine/model_file.h"
#include "engine/torch_backend.h"
#include "models/calibration.h"
#include "models/card_file.h"
#include "models/extract_mail.h"
#include "models/fitting.h"
#include "models/left_out.h"
#include "models/members.h"
#include "models/model_card.h"
#include "models/training_set.h"
#include "models/whole_file.h"

namespace winnow {
namespace {

constexpr std::size_t kFewestOfALabel = 10;  // learnt and held out; below that no figure means anything

/// Of the little mail that a base is trained on, enough to compare with the base by.
double held_out_share(const TrainingWork& work, std::size_t messages) {
  constexpr double kWanted = 100, kAtMost = 0.3;
  if (work.base == nullptr || messages == 0) return work.options.held_out;
  return std::max(work.options.held_out, std::min(kAtMost, kWanted / static_cast<double>(messages)));
}

bool read_training_mail(const TrainingWork& work, TrainingSet& set) {
  ExtractOptions reading{
      work.options.sources,      work.options.filter, work.options.max_scan_bytes, 0, work.options.tails, {},
      work.options.balance_kinds};
  if (reading.filter.splits.empty()) reading.filter.splits = {"train", "dev", ""};
  const std::size_t total = count_labelled_mail(reading.sources, reading.filter);
  const std::size_t errors = work.problems.error_count();
  std::size_t done = 0, gathered = 0;
  bool wanted = true;
  reading.on_gathering = [&] { return wanted = work.on_progress({"gathering tails", gathered++, total, 0}); };
  const FeatureExtractor extractor(work.options.architecture.table_size, {}, work.options.features);
  extract_mail(reading, extractor, work.problems, [&](ExtractedMail&& mail) {
    const bool mail_is_copy = mail.tail.has_value();
    if (mail.split != "test") set.add(std::move(mail));
    if (!mail_is_copy) ++done;
    return wanted = work.on_progress({"reading", done, total, 0});
  });
  if (set.forgotten() > 0) {
    work.problems.warning({}, std::to_string(set.forgotten()) + " of " + std::to_string(done) +
                                  " messages left out to keep within the memory limit");
  }
  set.divide(held_out_share(work, set.size()));
  if (!wanted) work.problems.warning({}, "stopped before anything was learnt");
  return wanted && work.problems.error_count() == errors;
}

/// What there must be of each label, and how it is called.
struct Needed {
  std::ptrdiff_t fewest = kFewestOfALabel;
  std::string what;
  std::string hint = {};
};

bool has_enough(const TrainingSet& set, const std::vector<std::size_t>& positions, const Needed& needed,
                Diagnostics& problems) {
  for (const bool spam : {false, true}) {
    const auto count = std::count_if(positions.begin(), positions.end(),
                                     [&](std::size_t at) { return is_spam(set.label(at)) == spam; });
    if (count < needed.fewest) {
      problems.error({},
                     "too little mail: " + std::to_string(count) + (spam ? " spam " : " ham ") + needed.what +
                         ", at least " + std::to_string(needed.fewest) + " are needed",
                     needed.hint);
      return false;
    }
  }
  return true;
}

/// Phishing is a label of its own, so there must be some to learn; and one held out, where nothing else can calibrate it. A
/// base's labels stay as they are where the mail cannot teach them.
bool has_enough_phishing(const TrainingWork& work, const TrainingSet& set) {
  if (set.has_given_labels() || !set.teaches(std::string(label_name(Label::Phishing)))) return true;
  const auto count = [&](const std::vector<std::size_t>& positions) {
    return static_cast<std::size_t>(std::count_if(positions.begin(), positions.end(), [&](std::size_t at) {
      return set.label(at) == Label::Phishing && !set.is_copy(at);
    }));
  };
  const std::size_t learnt = count(set.parts().learnt), held_out = count(set.parts().held_out);
  if (learnt >= kFewestOfALabel && (held_out > 0 || !work.options.left_out.empty())) return true;
  work.problems.error({},
                      "too little mail: " + std::to_string(learnt) + " phishing to learn from and " +
                          std::to_string(held_out) + " held out, at least " + std::to_string(kFewestOfALabel) +
                          " and 1 are needed",
                      "give more, or give it as spam, or a larger --held-out");
  return false;
}

/// Training on a base is undone by a few odd messages when there are few at all.
bool has_enough_for_base(const TrainingWork& work, const TrainingSet& set) {
  std::size_t ham = 0, spam = 0;
  for (const auto* part : {&set.parts().learnt, &set.parts().held_out}) {
    for (const std::size_t at : *part) {
      if (!set.is_copy(at)) ++(is_spam(set.label(at)) ? spam : ham);
    }
  }
  const std::string there = std::to_string(ham) + " ham and " + std::to_string(spam) + " spam";
  if (std::min(ham, spam) < kFewestForBase && !work.options.force) {
    work.problems.error({},
                        "too little mail: " + there + "; at least " + std::to_string(kFewestForBase) +
                            " of each are needed to train on a base",
                        "give more mail, or --force");
    return false;
  }
  if (ham + spam < kEnoughForBase) {
    work.problems.warning({}, "little mail: " + there + "; from " + std::to_string(kEnoughForBase) +
                                  " messages on, training on a base can be relied on to help");
  }
  return true;
}

/// A misspelt name would calibrate the model on mail that it has learnt.
bool left_out_is_there(const TrainingWork& work) {
  std::vector<std::string> names;
  for (const auto& group : work.options.left_out) names.insert(names.end(), group.begin(), group.end());
  if (names.empty()) return true;
  const auto corpora = corpora_of(work.options.sources);
  return !corpora || are_corpora(names, *corpora, work.problems);
}

std::string today() {
  // SOURCE_DATE_EPOCH (reproducible-builds.org) makes the same mail give the same file on any day.
  const char* fixed = std::getenv("SOURCE_DATE_EPOCH");  // NOLINT(concurrency-mt-unsafe): nothing sets the environment
  const std::time_t now = fixed != nullptr ? std::strtoll(fixed, nullptr, 10) : std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[16];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d", &utc)};
}

std::vector<std::string> dense_names() {
  std::vector<std::string> names;
  for (const DenseFeature& feature : dense_features()) names.emplace_back(feature.name);
  return names;
}

/// Fits one label on the held-out mail, balanced as training is.
std::optional<Calibration> calibrate_held_out(const TrainingSet& set, std::vector<CalibrationSample> samples) {
  const std::vector<double> weights = set.balanced_weights(set.parts().held_out);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i].weight = weights[i];
  return fit_calibration(samples);
}

/// Per label on left-out mail, and on held-out mail where that cannot be.
bool calibrate_labels(const TrainingWork& work, const TrainingSet& set, const std::vector<LeftOutMail>& left_out,
                      const std::vector<std::vector<CalibrationSample>>& held_out, Manifest& manifest) {
  std::vector<std::optional<Calibration>> fitted(held_out.size());
  if (!left_out.empty()) fitted = calibrate_left_out(set, left_out, std::nullopt);
  for (std::size_t label = 0; label < held_out.size(); ++label) {
    if (!fitted[label]) fitted[label] = calibrate_held_out(set, held_out[label]);
    const bool fits = is_learnt(fitted[label]);
    if (!fits && work.base != nullptr) {
      fitted[label] = work.base->manifest.calibration[label];  // what the mail cannot tell stays
    } else if (!fits) {
      return work.check(Status::failed("the model does not learn '" + manifest.labels[label] +
                                       "' from this mail: too little of it, or nothing that tells it apart"));
    }
    manifest.calibration.push_back(*fitted[label]);
  }
  return true;
}

/// The base's calibration stays for a label that no mail taught, and where it does better than a new one.
void keep_calibrations(const TrainingSet& set, const Base& base, const TrainReport& report,
                       std::vector<Calibration>& calibration) {
  for (std::size_t label = 0; label < calibration.size(); ++label) {
    const bool keeps = label == 0 ? report.comparison->keeps_calibration : !set.teaches(set.labels()[label]);
    if (keeps) calibration[label] = base.manifest.calibration[label];
  }
}

/// Fits the calibration, on left-out mail if there is any, and measures with it.
bool calibrate_and_measure(const TrainingWork& work, const TrainingSet& set, const Trainer& trainer,
                           const std::vector<LeftOutMail>& left_out, Manifest& manifest, TrainReport& report) {
  std::vector<std::vector<CalibrationSample>> by_label;
  if (!predict_mail(work, set, trainer, set.parts().held_out, by_label)) return false;
  if (!calibrate_labels(work, set, left_out, by_label, manifest)) return false;
  if (work.base != nullptr) keep_calibrations(set, *work.base, report, manifest.calibration);
  const Calibration& spam = manifest.calibration.front();
  std::vector<ScoredMail> scored;
  for (std::size_t i = 0; i < by_label.front().size(); ++i) {
    const std::size_t at = set.parts().held_out[i];
    const auto p = calibrate(by_label.front()[i].logit, spam, manifest.prior_spam, manifest.prior_spam);
    if (p) scored.push_back({"", set.corpus(at), set.label(at), p->value()});
  }
  report.held_out = evaluate_by_corpus(scored);
  if (!left_out.empty()) report.left_out = evaluate_left_out(set, left_out);
  manifest.metrics_json = evaluation_json(report.held_out);
  return true;
}

bool has_room_for_judges(const TrainingWork& work) {
  const std::filesystem::path& folder = work.options.left_out_models;
  if (folder.empty() || work.options.left_out.empty()) return true;
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return work.check(Status::failed("cannot make the folder " + folder.string() + ": " + failed.message()));
  return work.check(check_writable(folder / "without.pt"));
}

bool has_room_for_outputs(const TrainingWork& work) {
  const TrainOptions& options = work.options;
  return work.check(check_writable(options.output)) && work.check(check_writable(card_of(options.output))) &&
         (options.checkpoint.empty() || work.check(check_writable(options.checkpoint))) && has_room_for_judges(work);
}

bool write_outputs(const TrainingWork& work, const TrainingSet& set, const Manifest& manifest, Trainer& trainer,
                   double way_from_base, TrainReport& report) {
  std::string archive;
  if (!work.check(trainer.save(write_manifest(manifest), archive))) return false;
  report.sha256 = sha256_hex(archive);
  ModelCard card{manifest, report, archive.size(), work.options, way_from_base};
  count_learnt(set, card);
  for (const auto& [corpus, count] : card.learnt) {
    report.ham += count.ham;
    report.spam += count.spam;
  }
  return work.check(write_public_file(work.options.output, archive)) &&
         work.check(write_public_file(card_of(work.options.output), write_model_card(card)));
}

Manifest manifest_for(const TrainOptions& options, const TrainingSet& set) {
  Manifest manifest;
  manifest.name = options.name;
  manifest.created = options.created.empty() ? today() : options.created;
  manifest.schema_id = feature_schema(options.features).id;
  manifest.schema_hash = feature_schema(options.features).hash;
  manifest.table_size = options.architecture.table_size;
  manifest.dense_names = dense_names();
  manifest.labels = set.labels();
  manifest.prior_spam = 0.5;  // balanced_weights gives ham and spam the same weight
  manifest.corpora_digest = set.digest(set.parts());
  return manifest;
}

/// Whether to go on in spite of it: only --force does.
bool goes_on(const TrainingWork& work, const std::string& problem, const std::string& hint) {
  if (work.options.force) {
    work.problems.warning({}, problem);
    return true;
  }
  work.problems.error({}, "not written: " + problem, hint);
  return false;
}

/// False when the new model is worse than its base, or the base contradicts the labels, and nobody forces it.
bool hold_against_base(const TrainingWork& work, const TrainingSet& set, const Members& members, const Trainer& trainer,
                       TrainReport& report) {
  const std::vector<std::size_t>& held_out = set.parts().held_out;
  std::unique_ptr<Trainer> base;
  std::vector<CalibrationSample> by_base, by_model;
  if (!work.check(members.make_base(set.parts(), base)) || !judge_spam(work, set, *base, held_out, by_base) ||
      !judge_spam(work, set, trainer, held_out, by_model))
    return false;
  report.comparison = hold_side_by_side(work, by_base, by_model);
  if (!report.comparison) return false;
  const std::string evidence = std::to_string(held_out.size()) + " held-out messages: " + report.comparison->text();
  if (report.comparison->contradicts_labels() &&
      !goes_on(work, "the base says the opposite of the labels of " + evidence,
               "is ham given as spam and spam as ham? --force if not"))
    return false;
  return !report.comparison->is_worse() ||
         goes_on(work, "the model is worse than its base on " + evidence,
                 "give more mail, or fewer epochs or lower learning rates, or --force");
}

/// The left-out groups, then the model itself.
TrainingEnd train_all(const TrainingWork& work, const TrainingSet& set, Members& members, LeftOut& left_out,
                      std::unique_ptr<Trainer>& trainer) {
  const TrainingEnd end = judge_left_out(work, set, members, left_out);
  if (end != TrainingEnd::Done) return end;
  return members.train(set.parts(), 0, trainer);
}

void say_stopped(const TrainingWork& work) {
  const std::filesystem::path& checkpoint = work.options.checkpoint;
  work.problems.warning({}, checkpoint.empty() ? "stopped; nothing is kept"
                                               : "stopped; the same command goes on from " + checkpoint.string());
}

/// Options with what depends on whether there is a base.
TrainOptions options_for(const TrainOptions& given, const std::optional<Base>& base) {
  TrainOptions options = given;
  if (!base) return options;
  if (feature_set_of(base->manifest.schema_id) == FeatureSet::Site) options.features = FeatureSet::Site;
  options.architecture.table_size = table_size_from(*base, options.features);
  return options;
}

/// A group that shares a corpus with another would be calibrated by its own mail.
bool groups_are_apart(const TrainingWork& work) {
  std::set<std::string> seen;
  for (const std::vector<std::string>& corpora : work.options.left_out) {
    for (const std::string& corpus : corpora) {
      if (seen.insert(corpus).second) continue;
      work.problems.error({}, "the corpus " + corpus + " is to be left out twice", "name each corpus in one group");
      return false;
    }
  }
  return true;
}

/// Before the first of the trainings: one for each group takes its time.
bool has_enough_without(const TrainingWork& work, const TrainingSet& set, const std::vector<std::string>& corpora) {
  const std::string names = join(corpora, ", ");
  if (set.of_corpora(corpora).empty()) {
    work.problems.error({}, "no mail of " + names + ", which is to be left out");
    return false;
  }
  const MailParts rest = set.parts_without(corpora);
  return has_enough(set, rest.learnt, {kFewestOfALabel, "to learn from without " + names}, work.problems) &&
         has_enough(set, rest.held_out, {1, "held out without " + names}, work.problems);
}

/// A judge would replace another one.
bool judges_have_names(const TrainingWork& work) {
  std::set<std::string> names;
  for (const std::vector<std::string>& corpora : work.options.left_out) {
    if (work.options.left_out_models.empty() || names.insert(judge_name(corpora)).second) continue;
    work.problems.error({}, "two models would be called " + judge_name(corpora) + ".pt",
                        "leave those corpora out in other groups");
    return false;
  }
  return true;
}

bool is_enough(const TrainingWork& work, const TrainingSet& set) {
  if (work.base != nullptr && !has_enough_for_base(work, set)) return false;
  return has_enough(set, set.parts().learnt, {kFewestOfALabel, "to learn from"}, work.problems) &&
         has_enough(set, set.parts().held_out,
                    {kFewestOfALabel, "held out",
                     "give more mail, in split dev where the index has one, or a larger --held-out"},
                    work.problems) &&
         has_enough_phishing(work, set) &&
         std::all_of(work.options.left_out.begin(), work.options.left_out.end(),
                     [&](const auto& corpora) { return has_enough_without(work, set, corpora); });
}

bool train_and_write(const TrainingWork& work, TrainingSet& set, TorchBackend& backend, TrainReport& report) {
  Members members(work, set, backend);
  LeftOut left_out;
  std::unique_ptr<Trainer> trainer;
  const TrainingEnd end = train_all(work, set, members, left_out, trainer);
  if (end == TrainingEnd::Stopped) say_stopped(work);
  if (end != TrainingEnd::Done) return false;
  work.on_progress({"calibrating", 0, 1, 0});
  Manifest manifest = manifest_for(work.options, set);
  // The checkpoints stay: --force goes on from them.
  if (work.base != nullptr && !hold_against_base(work, set, members, *trainer, report)) return false;
  if (!calibrate_and_measure(work, set, *trainer, left_out.mail, manifest, report)) {
    members.remove_checkpoints();  // what helps is other mail or other options, and those cannot go on from them
    return false;
  }
  if (!write_judges(work, set, left_out, manifest)) return false;
  if (!write_outputs(work, set, manifest, *trainer, members.way(), report)) return false;
  members.remove_checkpoints();
  return true;
}

}  // namespace

bool train_model(const TrainOptions& options, const std::function<bool(const TrainProgress&)>& on_progress,
                 TrainReport& report, Diagnostics& problems) {
  if (options.members == 0) {
    problems.error({}, "a model needs at least one member");
    return false;
  }
  std::string error;
  TorchBackend* backend = load_torch_backend(error);  // first: without LibTorch there is no need to read
  if (backend == nullptr) return TrainingWork{options, on_progress, problems}.check(Status::failed(error));
  std::optional<Base> base;
  if (!options.base.empty() && !(base = read_base(options.base, *backend, problems))) return false;
  const TrainOptions effective = options_for(options, base);
  const TrainingWork work{effective, on_progress, problems, base ? &*base : nullptr};
  TrainingSet set(options.max_memory_bytes);
  if (base) set.use_labels(base->manifest.labels);
  return has_room_for_outputs(work) && groups_are_apart(work) && judges_have_names(work) && left_out_is_there(work) &&
         read_training_mail(work, set) && is_enough(work, set) && train_and_write(work, set, *backend, report);
}

}  // namespace winnow
