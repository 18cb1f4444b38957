#include "models/train.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <optional>

#include "engine/features/features.h"
#include "engine/manifest.h"
#include "engine/model_file.h"
#include "engine/torch_backend.h"
#include "models/calibration.h"
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

bool read_training_mail(const TrainingWork& work, TrainingSet& set) {
  ExtractOptions reading{work.options.sources, work.options.filter, work.options.max_scan_bytes, 0, work.options.tails};
  if (reading.filter.splits.empty()) reading.filter.splits = {"train", "dev", ""};
  const std::size_t total = count_labelled_mail(reading.sources, reading.filter);
  const std::size_t errors = work.problems.error_count();
  std::size_t done = 0;
  bool wanted = true;
  const FeatureExtractor extractor(work.options.architecture.table_size, {}, work.options.features);
  extract_mail(reading, extractor, work.problems, [&](ExtractedMail&& mail) {
    const bool mail_is_copy = mail.is_copy;
    if (mail.split != "test") set.add(std::move(mail));
    if (!mail_is_copy) ++done;
    return wanted = work.on_progress({"reading", done, total, 0});
  });
  if (set.forgotten() > 0) {
    work.problems.warning({}, std::to_string(set.forgotten()) + " of " + std::to_string(done) +
                                  " messages left out to keep within the memory limit");
  }
  set.divide(work.options.held_out);
  return wanted && work.problems.error_count() == errors;
}

bool has_enough(const TrainingSet& set, const std::vector<std::size_t>& positions, const char* what,
                Diagnostics& problems) {
  for (const bool spam : {false, true}) {
    const auto count = static_cast<std::size_t>(std::count_if(
        positions.begin(), positions.end(), [&](std::size_t at) { return is_spam(set.label(at)) == spam; }));
    if (count < kFewestOfALabel) {
      problems.error({}, "too little mail: " + std::to_string(count) + (spam ? " spam " : " ham ") +
                             what + ", at least " + std::to_string(kFewestOfALabel) + " are needed");
      return false;
    }
  }
  return true;
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
    if (!fitted[label] || fitted[label]->slope <= 0) {
      return work.check(Status::failed("the model does not learn '" + manifest.labels[label] +
                                       "' from this mail: too little of it, or nothing that tells it apart"));
    }
    manifest.calibration.push_back(*fitted[label]);
  }
  return true;
}

/// Fits the calibration, on left-out mail if there is any, and measures with it.
bool calibrate_and_measure(const TrainingWork& work, const TrainingSet& set, const Trainer& trainer,
                           const std::vector<LeftOutMail>& left_out, Manifest& manifest, TrainReport& report) {
  std::vector<std::vector<CalibrationSample>> by_label;
  if (!predict_mail(work, set, trainer, set.parts().held_out, by_label)) return false;
  if (!calibrate_labels(work, set, left_out, by_label, manifest)) return false;
  const Calibration& spam = manifest.calibration.front();
  std::vector<ScoredMail> scored;
  for (std::size_t i = 0; i < by_label.front().size(); ++i) {
    const std::size_t at = set.parts().held_out[i];
    const auto p = calibrate(by_label.front()[i].logit, spam, manifest.prior_spam, manifest.prior_spam);
    if (p) scored.push_back({"", set.corpus(at), set.label(at), p->value()});
  }
  report.held_out = evaluate_by_corpus(scored);
  report.left_out = evaluate_left_out(set, left_out);
  manifest.metrics_json = evaluation_json(report.held_out);
  return true;
}

bool write_outputs(const TrainingWork& work, const TrainingSet& set, const Manifest& manifest, Trainer& trainer,
                   TrainReport& report) {
  std::string archive;
  if (!work.check(trainer.save(write_manifest(manifest), archive))) return false;
  report.sha256 = sha256_hex(archive);
  ModelCard card{manifest, report.sha256, archive.size(), work.options, {}, report.held_out, report.left_out};
  for (const std::size_t at : set.parts().learnt) {
    if (set.is_copy(at)) continue;
    GroupCount& count = card.learnt[set.corpus(at)];
    ++(is_spam(set.label(at)) ? count.spam : count.ham);
    ++(is_spam(set.label(at)) ? report.spam : report.ham);
  }
  std::filesystem::path card_file = work.options.output;
  card_file.replace_extension(".md");
  return work.check(write_whole_file(work.options.output, archive)) &&
         work.check(write_whole_file(card_file, write_model_card(card)));
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

/// The left-out groups, then the model itself.
TrainingEnd train_all(const TrainingWork& work, const TrainingSet& set, Members& members,
                      std::vector<LeftOutMail>& left_out, std::unique_ptr<Trainer>& trainer) {
  const TrainingEnd end = judge_left_out(work, set, members, left_out);
  if (end != TrainingEnd::Done) return end;
  return members.train(set.parts(), 0, trainer);
}

void say_stopped(const TrainingWork& work) {
  const std::filesystem::path& checkpoint = work.options.checkpoint;
  work.problems.warning({}, checkpoint.empty() ? "stopped; nothing is kept"
                                               : "stopped; the same command goes on from " + checkpoint.string());
}

}  // namespace

bool train_model(const TrainOptions& options, const std::function<bool(const TrainProgress&)>& on_progress,
                 TrainReport& report, Diagnostics& problems) {
  const TrainingWork work{options, on_progress, problems};
  std::string error;
  TorchBackend* backend = load_torch_backend(error);  // first: without LibTorch there is no need to read
  if (backend == nullptr) return work.check(Status::failed(error));
  TrainingSet set(options.max_memory_bytes);
  if (!read_training_mail(work, set)) return false;
  if (!has_enough(set, set.parts().learnt, "to learn from", problems)) return false;
  if (!has_enough(set, set.parts().held_out, "held out", problems)) return false;
  Members members(work, set, *backend);
  std::vector<LeftOutMail> left_out;
  std::unique_ptr<Trainer> trainer;
  const TrainingEnd end = train_all(work, set, members, left_out, trainer);
  if (end == TrainingEnd::Stopped) say_stopped(work);
  if (end != TrainingEnd::Done) return false;
  on_progress({"calibrating", 0, 1, 0});
  Manifest manifest = manifest_for(options, set);
  if (!calibrate_and_measure(work, set, *trainer, left_out, manifest, report)) return false;
  if (!write_outputs(work, set, manifest, *trainer, report)) return false;
  members.remove_checkpoints();
  return true;
}

}  // namespace winnow
