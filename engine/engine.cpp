#include "engine/engine.h"

#include <pthread.h>

#include <exception>
#include <string>
#include <utility>

#include "engine/torch_backend.h"

namespace winnow {
namespace {

BatchSettings batch_settings(const EngineSettings& settings, std::size_t labels) {
  BatchSettings batch;
  batch.max_batch_size = settings.max_batch_size;
  batch.max_batch_tokens = settings.max_batch_tokens;
  batch.max_queue_delay = settings.max_queue_delay;
  batch.max_queue_length = settings.max_queue_length;
  batch.labels = labels;
  return batch;
}

}  // namespace

Engine::Engine(LoadedModel model, const EngineSettings& settings, std::function<void()> on_thread_start)
    : manifest_(std::move(model.manifest)),
      sha256_(std::move(model.sha256)),
      device_(model.replicas.empty() ? std::string() : model.replicas.front()->device()),
      forms_(std::move(model.forms)),
      rebuilds_(model.rebuilds ? std::move(model.rebuilds) : std::make_shared<RebuildCounts>()),
      pool_(std::move(model.pool)),
      extractor_(manifest_.table_size, {}, feature_set_of(manifest_.schema_id)),
      site_prior_(settings.prior_spam.value_or(manifest_.prior_spam)),
      max_batch_size_(settings.max_batch_size),
      batcher_(make_batcher(std::move(model.replicas), batch_settings(settings, manifest_.labels.size()),
                            std::move(on_thread_start))) {}

Engine::~Engine() = default;

std::unique_ptr<Ticket> Engine::submit(Features features, Batcher::TimePoint deadline) const {
  return batcher_->submit(std::move(features), deadline);
}

std::unique_ptr<Ticket> Engine::submit_gradients(TokenBatch points, std::size_t label) const {
  return batcher_->submit_gradients(std::move(points), label);
}

std::size_t Engine::queue_length() const { return batcher_->queue_length(); }

std::optional<std::vector<Probability>> Engine::probabilities(const std::vector<float>& logits) const {
  if (logits.size() != manifest_.labels.size()) return std::nullopt;
  std::vector<Probability> probabilities;
  for (std::size_t label = 0; label < logits.size(); ++label) {
    const auto probability =
        calibrate(logits[label], manifest_.calibration[label], manifest_.prior_spam, site_prior(label));
    if (!probability) return std::nullopt;
    probabilities.push_back(*probability);
  }
  return probabilities;
}

double Engine::site_prior(std::size_t label) const {
  // The site's prior is its share of spam, the first label; it says nothing of the others.
  return label == 0 ? site_prior_ : manifest_.prior_spam;
}

double Engine::prior_shift(std::size_t label) const {
  return winnow::prior_shift(manifest_.prior_spam, site_prior(label));
}

std::shared_ptr<Engine> make_engine(const EngineSettings& settings, Diagnostics& problems) {
  auto model = load_model(settings, problems);
  if (!model) return nullptr;
  std::string error;
  TorchBackend* backend = load_torch_backend(error);  // load_model() has loaded it already; a pool does without
  const auto on_thread_start = [backend] {
    (void)::pthread_setname_np(::pthread_self(), "winnow-infer");  // so that top and perf tell what inference costs
    if (backend != nullptr) backend->enter_inference_thread();
  };
  return start_engine(std::move(*model), settings, on_thread_start, problems);
}

std::shared_ptr<Engine> start_engine(LoadedModel model, const EngineSettings& settings,
                                     std::function<void()> on_thread_start, Diagnostics& problems) {
  try {
    return std::make_shared<Engine>(std::move(model), settings, std::move(on_thread_start));
  } catch (const std::exception& error) {  // a limit of the system's, so the engine before this one goes on
    problems.error({}, std::string("cannot start the inference threads: ") + error.what());
    return nullptr;
  }
}

}  // namespace winnow
