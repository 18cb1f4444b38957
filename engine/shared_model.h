// shared_model.h - one model that several owners take in turns: each SharedModel is one owner's handle.
//
// Owns:    shares the model; the last handle destroys it.
// Threads: each handle as every Model; different handles of one model from different threads.
// Blocks:  until the handles before it are done, and for the time of the computation.
// Fails:   as the model.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/model.h"
#include "engine/thread_annotations.h"

namespace winnow {

class SharedModel : public Model {
 public:
  explicit SharedModel(std::unique_ptr<Model> model) : shared_(std::make_shared<Shared>(std::move(model))) {}
  /// Another handle of the same model.
  std::unique_ptr<SharedModel> another() const { return std::make_unique<SharedModel>(*this); }

  Status run(const TokenBatch& batch, std::vector<float>& logits) override {
    const MutexLock lock(shared_->mutex);
    return shared_->model->run(batch, logits);
  }
  Status differentiate(const TokenBatch& batch, std::size_t label, Gradients& gradients) override {
    const MutexLock lock(shared_->mutex);
    return shared_->model->differentiate(batch, label, gradients);
  }
  std::string device() const override { return shared_->device; }

 private:
  struct Shared {
    explicit Shared(std::unique_ptr<Model> its_model) : model(std::move(its_model)), device(model->device()) {}
    Mutex mutex;
    const std::unique_ptr<Model> model GUARDED_BY(mutex);
    const std::string device;
  };

  std::shared_ptr<Shared> shared_;
};

}  // namespace winnow
