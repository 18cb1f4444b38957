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
#include "models/model_card.h"
#include "models/training_set.h"
#include "models/whole_file.h"

namespace winnow {
namespace {

constexpr std::size_t kFewestOfALabel = 10;  // learnt and held out; below that no figure means anything

bool read_training_mail(const TrainingWork& work, TrainingSet& set) {
  ExtractOptions reading{work.options.sources, work.options.filter, work.options.max_scan_bytes, 0};
  if (reading.filter.splits.empty()) reading.filter.splits = {"train", "dev", ""};
  const std::size_t total = count_labelled_mail(reading.sources, reading.filter);
  const std::size_t errors = work.problems.error_count();
  std::size_t done = 0;
  bool wanted = true;
  const FeatureExtractor extractor(work.options.architecture.table_size);
  extract_mail(reading, extractor, work.problems, [&](ExtractedMail&& mail) {
    if (mail.split != "test") set.add(std::move(mail));
    return wanted = work.on_progress({"reading", ++done, total, 0});
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
  for (const Label label : {Label::Ham, Label::Spam}) {
    const auto count = static_cast<std::size_t>(
        std::count_if(positions.begin(), positions.end(), [&](std::size_t at) { return set.label(at) == label; }));
    if (count < kFewestOfALabel) {
      problems.error({}, "too little mail: " + std::to_string(count) + " " + std::string(label_name(label)) + " " +
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

/// Fits the calibration on the held-out mail and measures with it.
bool calibrate_and_measure(const TrainingWork& work, const TrainingSet& set, const Fitting& fitting, Manifest& manifest,
                           TrainReport& report) {
  std::vector<CalibrationSample> samples;
  if (!fitting.predict(samples)) return false;
  const std::optional<Calibration> fitted = fit_calibration(samples);
  if (!fitted) return work.check(Status::failed("the model gives no numbers on the held-out mail"));
  manifest.calibration = {*fitted};
  std::vector<ScoredMail> scored;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto p = calibrate(samples[i].logit, *fitted, manifest.prior_spam, manifest.prior_spam);
    if (p) scored.push_back({"", set.corpus(set.held_out()[i]), samples[i].label, p->value()});
  }
  report.held_out = evaluate_by_corpus(scored);
  manifest.metrics_json = evaluation_json(report.held_out);
  return true;
}

bool write_outputs(const TrainingWork& work, const TrainingSet& set, const Fitting& fitting, const Manifest& manifest,
                   Trainer& trainer, TrainReport& report) {
  std::string archive;
  if (!work.check(trainer.save(write_manifest(manifest), archive))) return false;
  report.sha256 = sha256_hex(archive);
  ModelCard card{manifest,
                 report.sha256,
                 archive.size(),
                 work.options.architecture,
                 work.options.optimizer,
                 fitting.best_epoch(),
                 work.options.batch_size,
                 {},
                 report.held_out};
  for (const std::size_t at : set.learnt()) {
    GroupCount& count = card.learnt[set.corpus(at)];
    ++(set.label(at) == Label::Spam ? count.spam : count.ham);
    ++(set.label(at) == Label::Spam ? report.spam : report.ham);
  }
  std::filesystem::path card_file = work.options.output;
  card_file.replace_extension(".md");
  return work.check(write_whole_file(work.options.output, archive)) &&
         work.check(write_whole_file(card_file, write_model_card(card)));
}

std::unique_ptr<Trainer> make_trainer(const TrainingWork& work) {
  std::string error;
  TorchBackend* backend = load_torch_backend(error);
  if (backend == nullptr) {
    work.problems.error({}, error);
    return nullptr;
  }
  ArchitectureSpec architecture = work.options.architecture;
  architecture.dense_width = dense_features().size();
  std::unique_ptr<Trainer> trainer;
  work.check(backend->make_trainer(architecture, work.options.optimizer, trainer));
  return trainer;
}

Manifest manifest_for(const TrainOptions& options, const TrainingSet& set) {
  Manifest manifest;
  manifest.name = options.name;
  manifest.created = options.created.empty() ? today() : options.created;
  manifest.schema_id = feature_schema().id;
  manifest.schema_hash = feature_schema().hash;
  manifest.table_size = options.architecture.table_size;
  manifest.dense_names = dense_names();
  manifest.prior_spam = 0.5;  // balanced_weights gives both labels the same weight
  manifest.corpora_digest = set.digest();
  return manifest;
}

}  // namespace

bool train_model(const TrainOptions& options, const std::function<bool(const TrainProgress&)>& on_progress,
                 TrainReport& report, Diagnostics& problems) {
  const TrainingWork work{options, on_progress, problems};
  const std::unique_ptr<Trainer> trainer = make_trainer(work);  // first: without LibTorch there is no need to read
  if (trainer == nullptr) return false;
  TrainingSet set(options.max_memory_bytes);
  if (!read_training_mail(work, set)) return false;
  if (!has_enough(set, set.learnt(), "to learn from", problems)) return false;
  if (!has_enough(set, set.held_out(), "held out", problems)) return false;
  Fitting fitting(work, set, *trainer);
  if (!fitting.resume()) return false;
  const Fitting::End end = fitting.run();
  if (end == Fitting::End::Stopped) {
    problems.warning({}, options.checkpoint.empty()
                             ? "stopped; nothing is kept"
                             : "stopped; the same command goes on from " + options.checkpoint.string());
  }
  if (end != Fitting::End::Done) return false;
  on_progress({"calibrating", 0, 1, 0});
  Manifest manifest = manifest_for(options, set);
  if (!calibrate_and_measure(work, set, fitting, manifest, report)) return false;
  if (!write_outputs(work, set, fitting, manifest, *trainer, report)) return false;
  std::error_code ignored;  // a finished training needs no checkpoint
  if (!options.checkpoint.empty()) std::filesystem::remove(options.checkpoint, ignored);
  return true;
}

}  // namespace winnow
