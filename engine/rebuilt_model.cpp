#include "engine/rebuilt_model.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <string>
#include <thread>
#include <utility>

#include "engine/thread_annotations.h"

namespace winnow {
namespace {

using std::chrono::milliseconds;

/// Makes one model on a thread of its own, as often as it takes.
class Rebuilding {
 public:
  Rebuilding(ModelFactory factory, const RebuildPauses& pauses, RebuildCounts& counts)
      : factory_(std::move(factory)), pauses_(pauses), counts_(counts), thread_([this] { work(); }) {}
  ~Rebuilding() {
    stop();
    thread_.join();
  }
  Rebuilding(const Rebuilding&) = delete;
  Rebuilding& operator=(const Rebuilding&) = delete;

  /// The new model, once; null while it is being made.
  std::unique_ptr<Model> take() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return std::move(made_);
  }

 private:
  void work() EXCLUDES(mutex_) {
    milliseconds pause = pauses_.first;
    while (!try_once()) {
      if (!wait(pause)) return;
      pause = next_pause(pause, pauses_);
    }
  }

  bool try_once() EXCLUDES(mutex_) {
    std::unique_ptr<Model> model;
    if (!make(model)) {
      ++counts_.failed;
      return false;
    }
    const MutexLock lock(mutex_);
    made_ = std::move(model);
    ++counts_.rebuilt;
    return true;
  }

  bool make(std::unique_ptr<Model>& model) {
    try {
      return static_cast<bool>(factory_(model)) && model != nullptr;
    } catch (const std::exception&) {
      return false;
    }
  }

  /// False when there is no need to go on.
  bool wait(milliseconds pause) EXCLUDES(mutex_) {
    const auto end = std::chrono::steady_clock::now() + pause;
    const MutexLock lock(mutex_);
    while (!stopping_) {
      if (stopped_.wait_until(mutex_, end) == std::cv_status::timeout) break;
    }
    return !stopping_;
  }

  void stop() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    stopping_ = true;
    stopped_.notify_all();
  }

  const ModelFactory factory_;
  const RebuildPauses& pauses_;
  RebuildCounts& counts_;
  Mutex mutex_;
  std::condition_variable_any stopped_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::unique_ptr<Model> made_ GUARDED_BY(mutex_);
  std::thread thread_;  // last: it uses the others
};

class RebuiltModel : public Model {
 public:
  RebuiltModel(std::unique_ptr<Model> model, ModelFactory factory, const RebuildPauses& pauses,
               std::shared_ptr<RebuildCounts> counts)
      : factory_(std::move(factory)),
        pauses_(pauses),
        counts_(std::move(counts)),
        model_(std::move(model)),
        device_(model_->device()) {}

  Status run(const TokenBatch& batch, std::vector<float>& logits) override {
    if (!has_model()) return Status::failed(lost_to_);
    Status status = model_->run(batch, logits);
    if (!status && model_->failure_cause() == kDeviceFailure) lose(status.error());
    return status;
  }

  /// An explanation takes more memory than mail does, so what fails it says nothing of the mail: the next run() will tell.
  Status differentiate(const TokenBatch& batch, std::size_t label, Gradients& gradients) override {
    return has_model() ? model_->differentiate(batch, label, gradients) : Status::failed(lost_to_);
  }

  std::string_view failure_cause() const override { return model_ ? model_->failure_cause() : kDeviceFailure; }
  std::string device() const override { return device_; }

 private:
  bool has_model() {
    if (model_ != nullptr) return true;
    if (rebuilding_ == nullptr) {
      start_rebuilding();
      return false;
    }
    model_ = rebuilding_->take();
    if (model_ == nullptr) return false;
    rebuilding_.reset();
    return true;
  }

  void lose(const std::string& why) {
    lost_to_ = "the model is being made anew on " + device_ + " after: " + why;
    model_.reset();  // first: the new one may need its memory
    ++counts_->lost;
    start_rebuilding();
  }

  void start_rebuilding() {
    try {
      rebuilding_ = std::make_unique<Rebuilding>(factory_, pauses_, *counts_);
    } catch (const std::exception&) {  // out of threads or memory: the next call tries again
    }
  }

  const ModelFactory factory_;
  const RebuildPauses pauses_;
  const std::shared_ptr<RebuildCounts> counts_;
  std::unique_ptr<Model> model_;  // null while it is being made anew
  const std::string device_;
  std::string lost_to_;
  std::unique_ptr<Rebuilding> rebuilding_;  // while there is no model; null when its thread could not be started
};

}  // namespace

milliseconds next_pause(milliseconds pause, const RebuildPauses& pauses) { return std::min(2 * pause, pauses.longest); }

std::unique_ptr<Model> make_rebuilt_model(std::unique_ptr<Model> model, ModelFactory factory,
                                          const RebuildPauses& pauses, std::shared_ptr<RebuildCounts> counts) {
  return std::make_unique<RebuiltModel>(std::move(model), std::move(factory), pauses, std::move(counts));
}

}  // namespace winnow
