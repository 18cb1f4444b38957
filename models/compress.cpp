#include "models/compress.h"

#include <cstdio>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/features/features.h"
#include "engine/model_file.h"
#include "engine/model_loader.h"
#include "engine/probe.h"
#include "engine/torch_backend.h"
#include "models/card_file.h"
#include "models/judged_mail.h"
#include "models/whole_file.h"

namespace winnow {
namespace {

constexpr std::size_t kFewestOfALabel = 10;  // below that no figure means anything

double relative_loss(double before, double after) {
  if (before > 0) return after / before - 1;
  return after > 0 ? std::numeric_limits<double>::infinity() : 0;
}

/// One call of compress_model.
class Compression {
 public:
  Compression(const CompressOptions& options, const CompressProgress& on_progress, CompressReport& report,
              Diagnostics& problems)
      : options_(options),
        on_progress_(on_progress),
        report_(report),
        problems_(problems),
        mail_(options.max_memory_bytes) {}

  bool run() {
    if (!has_room() || !open_base() || !read_mail()) return false;
    return options_.compare.empty() ? compress() : compare();
  }

 private:
  bool check(const Status& status, const std::filesystem::path& file) {
    if (!status) problems_.error(in_file(file), status.error());
    return static_cast<bool>(status);
  }

  bool has_room() {
    if (options_.output.empty()) return true;
    return check(check_writable(options_.output), options_.output) &&
           check(check_writable(card_of(options_.output)), options_.output);
  }

  /// By the daemon's own loader, one copy on the CPU; `bytes` gets the file that was loaded.
  std::optional<LoadedModel> load(const std::filesystem::path& file, std::string& bytes) {
    std::string error;
    auto read = read_model_file(file, error);
    if (!read) {
      problems_.error(in_file(file), "model: " + error);
      return std::nullopt;
    }
    EngineSettings settings;
    settings.model = file;
    settings.sha256 = read->sha256;
    settings.device = "cpu";
    settings.replicas = 1;
    settings.max_batch_size = kBatch;
    bytes = std::move(read->bytes);
    return load_model(settings, problems_);
  }

  bool open_base() {
    base_ = load(options_.model, base_bytes_);
    if (!base_) return false;
    std::string error;
    backend_ = load_torch_backend(error);  // load() has loaded it already
    backend_->enter_inference_thread();    // models run on this thread, as on the daemon's own
    report_.name = base_->manifest.name;
    report_.before.bytes = base_bytes_.size();
    if (!options_.compare.empty()) return true;
    return check(backend_->make_compressor(base_bytes_, compressor_), options_.model);
  }

  bool read_mail();
  bool compress();
  bool compare();
  Status load_parts(const std::string& bytes, std::unique_ptr<Model>& model);
  std::optional<Candidate> try_out(TableEncoding encoding);
  bool measure(Model& model, const Manifest& manifest, std::size_t bytes, Loss& loss);
  bool time(Model& model);
  bool refuse();
  bool write(std::string bytes);
  Manifest described() const;

  const CompressOptions& options_;
  const CompressProgress& on_progress_;
  CompressReport& report_;
  Diagnostics& problems_;
  JudgedMail mail_;
  TorchBackend* backend_ = nullptr;
  std::string base_bytes_;
  std::optional<LoadedModel> base_;
  std::unique_ptr<Compressor> compressor_;
  std::vector<double> before_;  // what the base says of the mail
  std::size_t tried_ = 0;
};

bool Compression::read_mail() {
  const ExtractOptions reading{options_.sources, options_.filter, options_.max_scan_bytes, 0};
  const auto tell = [this](std::size_t done, std::size_t total) { return on_progress_("reading", done, total); };
  const FeatureExtractor extractor(base_->manifest.table_size, {}, feature_set_of(base_->manifest.schema_id));
  if (!mail_.read(reading, extractor, tell, problems_)) return false;
  report_.ham = mail_.count_ham();
  report_.spam = mail_.count_spam();
  if (report_.ham < kFewestOfALabel || report_.spam < kFewestOfALabel) {
    problems_.error({}, "too little mail to measure on: " + std::to_string(report_.ham) + " ham and " +
                            std::to_string(report_.spam) + " spam, at least " + std::to_string(kFewestOfALabel) +
                            " of each are needed");
    return false;
  }
  if (!check(mail_.judge(*base_->replicas[0], base_->manifest, before_), options_.model)) return false;
  const Evaluation figures = mail_.measure(before_);
  report_.before.one_minus_auc = figures.one_minus_auc;
  report_.before.ece = figures.ece;
  return true;
}

/// `after` of the report, and what was lost.
bool Compression::measure(Model& model, const Manifest& manifest, std::size_t bytes, Loss& loss) {
  std::vector<double> probabilities;
  if (!check(mail_.judge(model, manifest, probabilities), options_.model)) return false;
  const Evaluation figures = mail_.measure(probabilities);
  report_.after = {bytes, 0, 0, figures.one_minus_auc, figures.ece};
  loss = loss_between(before_, probabilities);
  loss.auc_loss = relative_loss(report_.before.one_minus_auc, figures.one_minus_auc);
  return true;
}

/// As it will run: a model in parts in its parts, whose answers the backend holds against those of the whole.
Status Compression::load_parts(const std::string& bytes, std::unique_ptr<Model>& model) {
  Placement placement;
  placement.probe = probe_batch(base_->manifest, kBatch);
  if (options_.parts > 1) {
    placement.devices = {"cpu", "cpu"};
    placement.stages = stages_of_shards(options_.parts);
  }
  return backend_->load(bytes, placement, model);
}

std::optional<Candidate> Compression::try_out(TableEncoding encoding) {
  encoding.shards = options_.parts;
  if (!on_progress_("compressing", ++tried_, 0)) return std::nullopt;
  Candidate candidate{encoding, {}, 0, {}};
  std::string bytes;
  std::unique_ptr<Model> model;
  if (!check(compressor_->write(encoding, "{}", bytes, candidate.shape), options_.model)) return std::nullopt;
  if (!check(load_parts(bytes, model), options_.model)) return std::nullopt;
  if (!measure(*model, base_->manifest, bytes.size(), candidate.loss)) return std::nullopt;
  candidate.bytes = bytes.size();
  return candidate;
}

bool Compression::time(Model& model) {
  if (!on_progress_("timing", 0, 0)) return false;
  Speed before, after;
  if (!check(mail_.time(*base_->replicas[0], model, before, after), options_.model)) return false;
  report_.before.us_alone = before.us_alone;
  report_.before.us_batched = before.us_batched;
  report_.after.us_alone = after.us_alone;
  report_.after.us_batched = after.us_batched;
  return true;
}

/// Says what was lost too much; true when that does not matter.
bool Compression::refuse() {
  report_.within_bounds = is_within(report_.chosen.loss, options_.bounds);
  if (report_.within_bounds || options_.force) return true;
  char text[256];
  std::snprintf(text, sizeof text,
                "loses too much: a probability moves by %.4f (allowed %.4f), 1-AUC grows by %.1f %% (allowed %.1f %%)",
                report_.chosen.loss.max_change, options_.bounds.max_change, 100 * report_.chosen.loss.auc_loss,
                100 * options_.bounds.max_auc_loss);
  if (!options_.compare.empty()) {
    problems_.error(in_file(options_.compare), text);
  } else {
    problems_.error(in_file(options_.output), std::string(text) + "; not written", "--force writes it");
  }
  return false;
}

Manifest Compression::described() const {
  Manifest manifest = base_->manifest;
  const Loss& loss = report_.chosen.loss;
  manifest.stages = options_.parts > 1 ? stages_of_shards(options_.parts) : std::vector<Stage>();
  manifest.compress.push_back({encoding_name(report_.chosen.encoding), base_->sha256, report_.ham + report_.spam,
                               loss.max_change, loss.p99_change, report_.after.one_minus_auc});
  return manifest;
}

bool Compression::compress() {
  const LossBounds searched{options_.bounds.max_change * kSearchShare, options_.bounds.max_auc_loss * kSearchShare};
  const auto found =
      find_smallest(options_.wanted, searched, [this](const auto& encoding) { return try_out(encoding); });
  if (!found) return false;
  report_.chosen = *found;
  std::string bytes;
  std::unique_ptr<Model> model;
  // Measured once more as it will lie on disk; the search has gone on to other forms since.
  if (!check(compressor_->write(found->encoding, "{}", bytes, report_.chosen.shape), options_.output)) return false;
  if (!check(load_parts(bytes, model), options_.output)) return false;
  if (!measure(*model, base_->manifest, bytes.size(), report_.chosen.loss)) return false;
  if (!check(compressor_->write(found->encoding, write_manifest(described()), bytes, report_.chosen.shape),
             options_.output))
    return false;
  report_.chosen.bytes = report_.after.bytes = bytes.size();
  return time(*model) && refuse() && write(std::move(bytes));
}

bool Compression::compare() {
  std::string bytes;
  const auto other = load(options_.compare, bytes);
  if (!other) return false;
  const Manifest &ours = base_->manifest, &theirs = other->manifest;
  if (theirs.labels != ours.labels || theirs.table_size != ours.table_size || theirs.schema_id != ours.schema_id) {
    problems_.error(in_file(options_.compare), "has other labels or other features than " + options_.model.string());
    return false;
  }
  if (!measure(*other->replicas[0], other->manifest, bytes.size(), report_.chosen.loss)) return false;
  report_.chosen.bytes = bytes.size();
  return time(*other->replicas[0]) && refuse();
}

bool Compression::write(std::string bytes) {
  const std::filesystem::path card = card_of(options_.output), card_before = card_of(options_.model);
  std::string before;
  std::error_code failed;
  if (std::filesystem::exists(card_before, failed)) {
    if (const Status read = read_whole_file(card_before, before); !read)
      problems_.warning(in_file(card_before), "is not quoted in the new card: " + read.error());
  }
  report_.sha256 = sha256_hex(bytes);
  const bool written = check(write_public_file(options_.output, bytes), options_.output) &&
                       check(write_public_file(card, write_compress_card(report_, before)), card);
  if (!written) report_.sha256.clear();
  return written;
}

}  // namespace

bool compress_model(const CompressOptions& options, const CompressProgress& on_progress, CompressReport& report,
                    Diagnostics& problems) {
  return Compression(options, on_progress, report, problems).run();
}

}  // namespace winnow
