// fake_models.h - models whose answers and moments a test decides.
#pragma once

#include <cerrno>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/features/features.h"
#include "engine/model.h"

namespace winnow {

/// Holds a model inside run() until a test opens it.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  /// Called by the model.
  void pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  /// Returns once `count` runs have reached the gate.
  void await_arrivals(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this, count] { return arrived_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  std::size_t arrived_ = 0;
};

/// What a SumModel was asked, kept outside of it: the batcher owns the model.
struct ModelLog {
  std::mutex mutex;
  std::vector<std::size_t> batch_sizes;
  std::vector<std::int64_t> tokens;
};

/// logit = sum of the message's tokens, whatever their weights. Token -1: fails. Token -2: throws. Token -3: answers NaN
/// for that message. Token -6: infinity. With DifferentiableSumModel also token -4: answers too few gradients.
class SumModel : public Model {
 public:
  explicit SumModel(std::shared_ptr<ModelLog> log = {}, std::shared_ptr<Gate> gate = {})
      : log_(std::move(log)), gate_(std::move(gate)) {}

  Status run(const TokenBatch& batch, std::vector<float>& logits) override {
    record(batch);
    if (gate_) gate_->pass();
    logits.assign(batch.messages, 0.0f);
    for (std::size_t message = 0; message < batch.messages; ++message) {
      for (std::size_t i = begin(batch, message); i < begin(batch, message + 1); ++i) {
        const std::int64_t token = batch.tokens[i];
        if (token == -1) return Status::failed("out of memory");
        if (token == -2) throw std::runtime_error("thrown by the model");
        logits[message] += value_of(token);
      }
    }
    return Status::ok();
  }
  std::string device() const override { return "cpu"; }

 private:
  static float value_of(std::int64_t token) {
    if (token == -3) return std::numeric_limits<float>::quiet_NaN();
    return token == -6 ? std::numeric_limits<float>::infinity() : static_cast<float>(token);
  }
  static std::size_t begin(const TokenBatch& batch, std::size_t message) {
    return message < batch.messages ? static_cast<std::size_t>(batch.offsets[message]) : batch.tokens.size();
  }
  void record(const TokenBatch& batch) {
    if (!log_) return;
    const std::lock_guard lock(log_->mutex);
    log_->batch_sizes.push_back(batch.messages);
    log_->tokens.insert(log_->tokens.end(), batch.tokens.begin(), batch.tokens.end());
  }

  const std::shared_ptr<ModelLog> log_;
  const std::shared_ptr<Gate> gate_;
};

/// The same when each token is weighted.
class DifferentiableSumModel : public SumModel {
 public:
  using SumModel::SumModel;
  Status differentiate(const TokenBatch& batch, std::size_t /*label*/, Gradients& gradients) override {
    const Status status = run(batch, gradients.logits);
    if (!status) return status;
    gradients.weights.assign(batch.tokens.begin(), batch.tokens.end());
    gradients.dense.assign(batch.dense.size(), 0.0f);
    if (batch.tokens.front() == -4) gradients.dense.pop_back();
    return status;
  }
};

/// A start of inference threads of which the system gives no more than `threads`: copying it fails then, which a batcher
/// does for each thread.
class FewThreads {
 public:
  explicit FewThreads(int threads) : left_(std::make_shared<int>(threads)) {}
  FewThreads(const FewThreads& other) : left_(other.left_) {
    if ((*left_)-- == 0) throw std::system_error(EAGAIN, std::generic_category());
  }
  FewThreads(FewThreads&&) noexcept = default;
  FewThreads& operator=(const FewThreads&) = delete;
  FewThreads& operator=(FewThreads&&) = delete;
  ~FewThreads() = default;
  void operator()() const {}

 private:
  std::shared_ptr<int> left_;
};

inline Features features_of(std::vector<std::int64_t> tokens) {
  Features features;
  features.weights.assign(tokens.size(), 1.0f);
  features.tokens = std::move(tokens);
  features.dense = {0.5f, 0.25f};
  return features;
}

}  // namespace winnow
