// engine.h - Message -> Probability: extractor, batcher and calibration of one loaded model.
//
// Owns:    the model and its inference threads, if it needs any. Shared by the snapshots that use the same model.
// Threads: all const methods from any thread.
// Blocks:  make_engine loads, probes and warms up; submit() as the Batcher's.
// Fails:   make_engine reports into Diagnostics and returns null.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/diagnostics.h"
#include "config/settings.h"
#include "engine/batcher.h"
#include "engine/features/features.h"
#include "engine/manifest.h"
#include "engine/model_loader.h"
#include "engine/probability.h"

namespace winnow {

class Engine {
 public:
  /// What make_engine does once the model is loaded; tests pass models of their own. Throws when a thread cannot be started.
  Engine(LoadedModel model, const EngineSettings& settings, std::function<void()> on_thread_start = {});
  ~Engine();

  const Manifest& manifest() const { return manifest_; }
  const std::string& sha256() const { return sha256_; }
  const std::string& device() const { return device_; }  // where the model runs: "cpu", "cuda:0"
  /// How each replica runs, for people: "cpu, frozen".
  const std::vector<std::string>& forms() const { return forms_; }
  /// What became of replicas whose device failed.
  const RebuildCounts& rebuilds() const { return *rebuilds_; }
  /// The servers of the pool; none without one.
  std::vector<PoolServer> pool() const { return pool_ ? pool_() : std::vector<PoolServer>{}; }
  const FeatureExtractor& extractor() const { return extractor_; }
  std::unique_ptr<Ticket> submit(Features features, Batcher::TimePoint deadline = Batcher::TimePoint::max()) const;
  /// See Batcher; at most max_batch_size() points.
  std::unique_ptr<Ticket> submit_gradients(TokenBatch points, std::size_t label) const;
  std::size_t max_batch_size() const { return max_batch_size_; }
  std::size_t queue_length() const;

  /// Calibrated probability per label, in the order of manifest().labels; nullopt when a logit is not a number.
  std::optional<std::vector<Probability>> probabilities(const std::vector<float>& logits) const;

  /// What probabilities() adds to the label's calibrated log-odds for the site's own share of spam.
  double prior_shift(std::size_t label) const;

 private:
  double site_prior(std::size_t label) const;

  Manifest manifest_;
  std::string sha256_;
  std::string device_;
  std::vector<std::string> forms_;
  std::shared_ptr<const RebuildCounts> rebuilds_;
  PoolServers pool_;
  FeatureExtractor extractor_;
  double site_prior_;
  std::size_t max_batch_size_;
  std::unique_ptr<Batcher> batcher_;
};

std::shared_ptr<Engine> make_engine(const EngineSettings& settings, Diagnostics& problems);

/// The second half of make_engine: the threads of a loaded model.
std::shared_ptr<Engine> start_engine(LoadedModel model, const EngineSettings& settings,
                                     std::function<void()> on_thread_start, Diagnostics& problems);

}  // namespace winnow
