// fake_engine.h - an engine whose model a test steers, also from the other side of a fork.
//
// Owns:    FakeControl lives in memory shared by parent and child until the process ends.
// Threads: all fields from any thread or process.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "engine/engine.h"

namespace winnow {

enum class FakeAnswer { Score, Fail, NotANumber };

struct FakeControl {
  std::atomic<float> logit{-4.0f};          // of a message whose subject has no exclamation mark
  std::atomic<float> shouting_logit{4.0f};  // of one whose subject has
  std::atomic<FakeAnswer> answer{FakeAnswer::Score};
  std::atomic<bool> hold{false};       // run() does not return while it is set
  std::atomic<unsigned> running{0};    // calls of run() that have begun and not ended
  std::atomic<unsigned> explained{0};  // calls of differentiate()
  std::atomic<bool> explains{true};    // false: differentiate() fails
};

/// A control that a forked child shares.
inline FakeControl* make_fake_control() {
  void* memory = ::mmap(nullptr, sizeof(FakeControl), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : new (memory) FakeControl;
}

class FakeModel : public Model {
 public:
  explicit FakeModel(FakeControl* control) : control_(control) {}

  Status run(const TokenBatch& batch, std::vector<float>& logits) override {
    ++control_->running;
    while (control_->hold) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    --control_->running;
    if (control_->answer == FakeAnswer::Fail) return Status::failed("the fake model was told to fail");
    logits.clear();
    for (std::size_t i = 0; i < batch.messages; ++i) {
      const float logit = control_->logit + shouting(batch, i) * (control_->shouting_logit - control_->logit);
      logits.push_back(control_->answer == FakeAnswer::NotANumber ? std::nanf("") : logit);
    }
    return Status::ok();
  }
  Status differentiate(const TokenBatch& batch, std::size_t /*label*/, Gradients& gradients) override {
    ++control_->explained;
    if (!control_->explains) return Status::failed("the fake model was told not to explain");
    const Status status = run(batch, gradients.logits);
    gradients.weights.assign(batch.weights.size(), 0.0f);
    gradients.dense.assign(batch.dense.size(), 0.0f);
    for (std::size_t i = 0; i < batch.messages; ++i) {
      if (shouting(batch, i) == 1) continue;
      gradients.dense[place(i)] = (control_->shouting_logit - control_->logit) / kShouting;
    }
    return status;
  }
  std::string device() const override { return "fake"; }

 private:
  static constexpr float kShouting = 0.25f;  // less than one exclamation mark gives

  /// How much the message shouts, 0..1.
  static float shouting(const TokenBatch& batch, std::size_t message) {
    return std::min(1.0f, batch.dense[place(message)] / kShouting);
  }
  static std::size_t place(std::size_t message) { return message * dense_features().size() + shouting_feature(); }
  static std::size_t shouting_feature() {
    const auto& table = dense_features();
    std::size_t i = 0;
    while (i < table.size() && table[i].name != "subject_exclamations") ++i;
    return i;
  }

  FakeControl* control_;
};

inline Manifest fake_manifest() {
  Manifest manifest;
  manifest.name = "fake-1";
  manifest.schema_id = feature_schema().id;
  manifest.schema_hash = feature_schema().hash;
  manifest.table_size = 1024;
  for (const DenseFeature& feature : dense_features()) manifest.dense_names.emplace_back(feature.name);
  manifest.calibration = {Calibration{}};
  return manifest;
}

inline std::shared_ptr<Engine> make_fake_engine(FakeControl* control, EngineSettings settings = {},
                                                std::string name = "fake-1") {
  LoadedModel loaded;
  loaded.manifest = fake_manifest();
  loaded.manifest.name = std::move(name);
  loaded.sha256 = std::string(64, '0');
  const std::size_t replicas = std::max<std::size_t>(1, settings.replicas);
  for (std::size_t i = 0; i < replicas; ++i) loaded.replicas.push_back(std::make_unique<FakeModel>(control));
  return std::make_shared<Engine>(std::move(loaded), settings);
}

}  // namespace winnow
