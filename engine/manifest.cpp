#include "engine/manifest.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

namespace winnow {
namespace {

using Json = nlohmann::json;

constexpr int kFormat = 1;
constexpr std::size_t kMaxTableSize = std::size_t{1} << 31;
constexpr std::size_t kMaxNames = 10'000;
constexpr std::size_t kMaxBytes = 4u << 20;
constexpr int kMaxDepth = 32;  // writing JSON back recurses

/// Reads keys one after the other; the first problem stays, the rest is skipped.
class Reader {
 public:
  Reader(const Json& object, std::string path, std::string& error)
      : object_(object), path_(std::move(path)), error_(error) {}

  const Json* find(const std::string& key) {
    if (!error_.empty()) return nullptr;
    const auto found = object_.find(key);
    if (found != object_.end()) return &*found;
    fail(key, "is missing");
    return nullptr;
  }
  void fail(const std::string& key, const std::string& what) {
    if (error_.empty()) error_ = "'" + path_ + key + "' " + what;
  }
  bool good() const { return error_.empty(); }

  std::string text(const std::string& key) {
    const Json* value = find(key);
    if (value == nullptr) return {};
    if (!value->is_string() || value->get_ref<const std::string&>().empty()) {
      fail(key, "must be a text");
      return {};
    }
    return value->get<std::string>();
  }
  double number(const std::string& key) {
    const Json* value = find(key);
    if (value == nullptr) return 0;
    if (!value->is_number() || !std::isfinite(value->get<double>())) fail(key, "must be a number");
    return good() ? value->get<double>() : 0;
  }
  std::size_t count(const std::string& key) {
    const Json* value = find(key);
    if (value == nullptr) return 0;
    if (!value->is_number_unsigned()) fail(key, "must be a whole number");
    return good() ? value->get<std::size_t>() : 0;
  }
  std::vector<std::string> texts(const std::string& key) {
    const Json* value = find(key);
    if (value == nullptr) return {};
    if (!value->is_array() || value->size() > kMaxNames) fail(key, "must be a list of texts");
    std::vector<std::string> texts;
    for (std::size_t i = 0; good() && i < value->size(); ++i) {
      if (!(*value)[i].is_string()) fail(key, "must be a list of texts");
      if (good()) texts.push_back((*value)[i].get<std::string>());
    }
    return texts;
  }
  const Json* object(const std::string& key) {
    const Json* value = find(key);
    if (value != nullptr && !value->is_object()) fail(key, "must be an object");
    return good() ? value : nullptr;
  }

 private:
  const Json& object_;
  const std::string path_;
  std::string& error_;
};

void read_labels(Reader& root, Manifest& manifest) {
  manifest.labels = root.texts("labels");
  if (root.good() && (manifest.labels.empty() || manifest.labels[0] != "spam"))
    root.fail("labels", "must begin with 'spam'");
  for (std::size_t i = 0; root.good() && i < manifest.labels.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (manifest.labels[i] == manifest.labels[j]) root.fail("labels", "names '" + manifest.labels[i] + "' twice");
    }
  }
}

void read_features(Reader& root, std::string& error, Manifest& manifest) {
  const Json* object = root.object("features");
  if (object == nullptr) return;
  Reader features(*object, "features.", error);
  manifest.schema_id = features.text("schema");
  manifest.schema_hash = features.text("hash");
  manifest.table_size = features.count("table_size");
  manifest.dense_names = features.texts("dense");
  const std::size_t size = manifest.table_size;
  if (features.good() && (size < 2 || size > kMaxTableSize || (size & (size - 1)) != 0))
    features.fail("table_size", "must be a power of two, from 2 to 2^31");
}

void read_calibration(Reader& root, std::string& error, Manifest& manifest) {
  const Json* list = root.find("calibration");
  if (list == nullptr) return;
  if (!list->is_array() || list->size() != manifest.labels.size())
    return root.fail("calibration", "must be a list with one entry per label");
  for (std::size_t i = 0; root.good() && i < list->size(); ++i) {
    const std::string path = "calibration[" + std::to_string(i) + "]";
    if (!(*list)[i].is_object()) return root.fail(path, "must be an object");
    Reader entry((*list)[i], path + ".", error);
    const Calibration calibration{entry.number("slope"), entry.number("intercept")};
    // A slope of zero or less would turn the model's order round.
    if (entry.good() && !(calibration.slope > 0)) entry.fail("slope", "must be above 0");
    manifest.calibration.push_back(calibration);
  }
}

/// The key is younger than the format: models without it were never compressed.
void read_compress(const Json& all, Reader& root, std::string& error, Manifest& manifest) {
  if (!root.good() || !all.contains("compress")) return;
  const Json& list = all["compress"];
  if (!list.is_array() || list.size() > kMaxNames) return root.fail("compress", "must be a list");
  for (std::size_t i = 0; root.good() && i < list.size(); ++i) {
    const std::string path = "compress[" + std::to_string(i) + "]";
    if (!list[i].is_object()) return root.fail(path, "must be an object");
    Reader entry(list[i], path + ".", error);
    manifest.compress.push_back({entry.text("step"), entry.text("made_from"), entry.count("messages"),
                                 entry.number("max_dp"), entry.number("p99_dp"), entry.number("one_minus_auc")});
  }
}

bool is_identifier(const std::string& text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !text.empty() && is_letter(text.front()) && std::all_of(text.begin(), text.end(), fits);
}

Reduce read_reduce(Reader& entry, const Json& stage, std::size_t parts) {
  const std::string word = stage.contains("reduce") ? entry.text("reduce") : "none";
  if (word == "none" && parts > 1)
    entry.fail("reduce", "must be sum or concat where several modules stand side by side");
  if (word == "sum") return Reduce::Sum;
  if (word == "concat") return Reduce::Concat;
  if (entry.good() && word != "none") entry.fail("reduce", "must be none, sum or concat");
  return Reduce::None;
}

void read_stage(const Json& object, const std::string& path, std::string& error, std::set<std::string>& seen,
                Manifest& manifest) {
  Reader entry(object, path + ".", error);
  Stage stage;
  stage.parts = entry.texts("modules");
  if (entry.good() && stage.parts.empty()) entry.fail("modules", "must name at least one module");
  for (const std::string& name : stage.parts) {
    if (entry.good() && !is_identifier(name)) entry.fail("modules", "must be names of submodules");
    if (entry.good() && !seen.insert(name).second) entry.fail("modules", "names '" + name + "' a second time");
  }
  stage.reduce = read_reduce(entry, object, stage.parts.size());
  manifest.stages.push_back(std::move(stage));
}

/// The keys are younger than the format: models without them run whole, in single precision.
void read_running(const Json& all, Reader& root, std::string& error, Manifest& manifest) {
  if (root.good() && all.contains("half")) {
    if (!all["half"].is_boolean()) return root.fail("half", "must be true or false");
    manifest.half = all["half"].get<bool>();
  }
  if (!root.good() || !all.contains("parts")) return;
  const Json& list = all["parts"];
  if (!list.is_array() || list.size() > kMaxParts) return root.fail("parts", "must be a list of at most 64 stages");
  std::set<std::string> seen;
  for (std::size_t i = 0; root.good() && i < list.size(); ++i) {
    const std::string path = "parts[" + std::to_string(i) + "]";
    if (!list[i].is_object()) return root.fail(path, "must be an object");
    read_stage(list[i], path, error, seen, manifest);
  }
  if (root.good() && seen.size() > kMaxParts) root.fail("parts", "must be at most 64 modules");
}

void read_rest(Reader& root, Manifest& manifest) {
  manifest.prior_spam = root.number("prior_spam");
  if (root.good() && !(manifest.prior_spam > 0 && manifest.prior_spam < 1))
    root.fail("prior_spam", "must be above 0 and below 1");
  const Json* digest = root.find("corpora_digest");
  if (digest != nullptr && !digest->is_string()) root.fail("corpora_digest", "must be a text");
  if (root.good()) manifest.corpora_digest = digest->get<std::string>();
  if (const Json* metrics = root.object("metrics")) manifest.metrics_json = metrics->dump();
}

void read_head(Reader& root, Manifest& manifest) {
  const std::size_t format = root.count("format");
  if (root.good() && format != kFormat)
    root.fail("format", "is " + std::to_string(format) + ", this version of Winnow reads 1");
  manifest.name = root.text("name");
  manifest.created = root.text("created");
  manifest.input = root.text("input");
  if (root.good() && manifest.input != "tokens")
    root.fail("input", "is '" + manifest.input + "', this version of Winnow runs models with the input 'tokens'");
}

/// null when `text` is no JSON, too long, or nested too deeply.
Json parse_bounded(const std::string& text) {
  if (text.size() > kMaxBytes) return nullptr;
  bool too_deep = false;
  const auto watch = [&too_deep](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return !too_deep;
  };
  const Json parsed = Json::parse(text, watch, /*allow_exceptions=*/false);
  return too_deep || parsed.is_discarded() ? Json(nullptr) : parsed;
}

double log_odds(double probability) { return std::log(probability / (1 - probability)); }

bool is_share(double value) { return value > 0 && value < 1; }

Json compress_json(const std::vector<CompressStep>& steps) {
  Json list = Json::array();
  for (const CompressStep& step : steps)
    list.push_back({{"step", step.step},
                    {"made_from", step.made_from},
                    {"messages", step.messages},
                    {"max_dp", step.max_change},
                    {"p99_dp", step.p99_change},
                    {"one_minus_auc", step.one_minus_auc}});
  return list;
}

const char* reduce_word(Reduce reduce) {
  switch (reduce) {
    case Reduce::None:
      return "none";
    case Reduce::Sum:
      return "sum";
    case Reduce::Concat:
      return "concat";
  }
  return "none";
}

Json stages_json(const std::vector<Stage>& stages) {
  Json list = Json::array();
  for (const Stage& stage : stages) list.push_back({{"modules", stage.parts}, {"reduce", reduce_word(stage.reduce)}});
  return list;
}

}  // namespace

std::optional<Manifest> parse_manifest(const std::string& json, std::string& error) {
  error.clear();
  const Json parsed = parse_bounded(json);
  if (!parsed.is_object()) {
    error = "not a JSON object of reasonable size";
    return std::nullopt;
  }
  Manifest manifest;
  Reader root(parsed, "", error);
  read_head(root, manifest);
  read_labels(root, manifest);
  read_features(root, error, manifest);
  read_calibration(root, error, manifest);
  read_rest(root, manifest);
  read_compress(parsed, root, error, manifest);
  read_running(parsed, root, error, manifest);
  if (!error.empty()) return std::nullopt;
  return manifest;
}

std::string write_manifest(const Manifest& manifest) {
  Json calibration = Json::array();
  for (const Calibration& entry : manifest.calibration)
    calibration.push_back({{"slope", entry.slope}, {"intercept", entry.intercept}});
  const Json metrics = parse_bounded(manifest.metrics_json);
  nlohmann::ordered_json root = {
      {"format", manifest.format},
      {"name", manifest.name},
      {"created", manifest.created},
      {"labels", manifest.labels},
      {"input", manifest.input},
      {"features",
       {{"schema", manifest.schema_id},
        {"hash", manifest.schema_hash},
        {"table_size", manifest.table_size},
        {"dense", manifest.dense_names}}},
      {"calibration", calibration},
      {"prior_spam", manifest.prior_spam},
      {"corpora_digest", manifest.corpora_digest},
      {"metrics", metrics.is_object() ? metrics : Json::object()},
      {"compress", compress_json(manifest.compress)},
  };
  if (manifest.half) root["half"] = true;
  if (!manifest.stages.empty()) root["parts"] = stages_json(manifest.stages);
  return root.dump(2, ' ', false, Json::error_handler_t::replace);
}

double prior_shift(double model_prior, double site_prior) { return log_odds(site_prior) - log_odds(model_prior); }

std::optional<Probability> calibrate(double logit, const Calibration& calibration, double model_prior,
                                     double site_prior) {
  if (!is_share(model_prior) || !is_share(site_prior)) return std::nullopt;
  const double odds = calibration.slope * logit + calibration.intercept + prior_shift(model_prior, site_prior);
  return Probability::from(1 / (1 + std::exp(-odds)));  // exp() may be infinite: then 0; NaN is refused
}

}  // namespace winnow
