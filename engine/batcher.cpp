#include "engine/batcher.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <list>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "engine/model_call.h"
#include "engine/thread_annotations.h"

namespace winnow {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using std::chrono::duration_cast;
using std::chrono::microseconds;

struct Waiting;
using Queue = std::list<std::shared_ptr<Waiting>>;  // a list: a cancelled message leaves from the middle at once

/// A message, or the points at which one is explained.
struct Waiting {
  Features features;
  TokenBatch points;      // a message has none
  std::size_t label = 0;  // of the points
  Clock::time_point since;
  std::promise<Outcome> outcome;
  bool queued = false;    // guarded by Core::mutex_, as is place
  Queue::iterator place;  // valid while queued

  bool explains() const { return points.messages > 0; }
};

struct Batch {
  std::vector<std::shared_ptr<Waiting>> messages;
  Model* model = nullptr;
  Clock::time_point taken;
};

/// The queue, the idle models, and the decision when a batch goes. Tickets share it: they may outlive the batcher.
class Core {
 public:
  Core(std::vector<std::unique_ptr<Model>> models, const BatchSettings& settings)
      : settings_(settings), models_(std::move(models)), work_(asio::make_work_guard(io_)), timer_(io_) {
    for (const auto& model : models_) idle_.push_back(model.get());
    stopping_ = models_.empty();
  }

  /// None when the message was taken in.
  ScoreError submit(const std::shared_ptr<Waiting>& waiting) EXCLUDES(mutex_);
  void cancel(Waiting& waiting) EXCLUDES(mutex_);
  std::size_t queue_length() EXCLUDES(mutex_);
  /// After this the threads return from run_thread() as soon as the queue is empty.
  void finish() EXCLUDES(mutex_);
  void run_thread() { io_.run(); }

 private:
  void drain() EXCLUDES(mutex_);
  bool take(Batch& batch) EXCLUDES(mutex_);
  void move_first(Queue& queue, Batch& batch) REQUIRES(mutex_);
  void run(Batch& batch) EXCLUDES(mutex_);
  std::vector<Outcome> outcomes_of(const Batch& batch) const;
  void give_back(Model* model) EXCLUDES(mutex_);
  bool is_ripe() const REQUIRES(mutex_);
  void wake() REQUIRES(mutex_);
  void arm_timer() REQUIRES(mutex_);
  void on_timer() EXCLUDES(mutex_);

  const BatchSettings settings_;
  const std::vector<std::unique_ptr<Model>> models_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;

  Mutex mutex_;
  Queue queue_ GUARDED_BY(mutex_);         // messages
  Queue explanations_ GUARDED_BY(mutex_);  // one at a time, and only when no message waits
  std::vector<Model*> idle_ GUARDED_BY(mutex_);
  std::size_t posted_ GUARDED_BY(mutex_) = 0;  // drains on their way to a thread
  asio::steady_timer timer_ GUARDED_BY(mutex_);
  std::optional<Clock::time_point> armed_for_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
};

ScoreError Core::submit(const std::shared_ptr<Waiting>& waiting) {
  const MutexLock lock(mutex_);
  if (stopping_) return ScoreError::Stopped;
  const std::size_t ahead = queue_.size() + (waiting->explains() ? explanations_.size() : 0);
  if (ahead >= settings_.max_queue_length) return ScoreError::Busy;
  Queue& queue = waiting->explains() ? explanations_ : queue_;
  waiting->since = Clock::now();
  waiting->queued = true;
  waiting->place = queue.insert(queue.end(), waiting);
  wake();
  return ScoreError::None;
}

void Core::cancel(Waiting& waiting) {
  const MutexLock lock(mutex_);
  if (!waiting.queued) return;  // a model has it, or is done with it
  waiting.queued = false;
  (waiting.explains() ? explanations_ : queue_).erase(waiting.place);
}

std::size_t Core::queue_length() {
  const MutexLock lock(mutex_);
  return queue_.size();
}

void Core::finish() {
  const MutexLock lock(mutex_);
  stopping_ = true;
  timer_.cancel();
  wake();
  work_.reset();
}

bool Core::is_ripe() const {
  if (queue_.empty()) return false;
  return stopping_ || queue_.size() >= settings_.max_batch_size ||
         Clock::now() >= queue_.front()->since + settings_.max_queue_delay;
}

/// Sees to it that the queue is looked at: now when a batch is ripe and a model idle, else when the oldest message has
/// waited. A model that is busy looks by itself when it is done.
void Core::wake() {
  if (idle_.size() <= posted_) return;
  if (!is_ripe()) {
    if (!queue_.empty()) arm_timer();
    if (explanations_.empty()) return;
  }
  ++posted_;
  asio::post(io_, [this] {
    {
      const MutexLock lock(mutex_);
      --posted_;
    }
    drain();
  });
}

void Core::arm_timer() {
  const Clock::time_point due = queue_.front()->since + settings_.max_queue_delay;
  if (armed_for_ == due) return;
  armed_for_ = due;
  timer_.expires_at(due);  // cancels the wait before it
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) on_timer();
  });
}

void Core::on_timer() {
  const MutexLock lock(mutex_);
  armed_for_.reset();
  wake();
}

void Core::drain() {
  for (Batch batch; take(batch); batch = Batch()) {
    run(batch);
    give_back(batch.model);
  }
}

bool Core::take(Batch& batch) {
  const MutexLock lock(mutex_);
  if (idle_.empty()) return false;
  const bool ripe = is_ripe();
  if (!ripe && !queue_.empty()) arm_timer();
  if (!ripe && explanations_.empty()) return false;
  batch.model = idle_.back();
  idle_.pop_back();
  batch.taken = Clock::now();
  if (ripe) {
    while (!queue_.empty() && batch.messages.size() < settings_.max_batch_size) move_first(queue_, batch);
  } else {
    move_first(explanations_, batch);
  }
  wake();  // what is left may be another model's batch
  return true;
}

void Core::move_first(Queue& queue, Batch& batch) {
  queue.front()->queued = false;
  batch.messages.push_back(std::move(queue.front()));
  queue.pop_front();
}

void Core::run(Batch& batch) {
  std::vector<Outcome> outcomes = outcomes_of(batch);
  const auto inferred = duration_cast<microseconds>(Clock::now() - batch.taken);
  for (std::size_t i = 0; i < batch.messages.size(); ++i) {
    Waiting& message = *batch.messages[i];
    outcomes[i].batch_size = batch.messages.size();
    outcomes[i].waited = duration_cast<microseconds>(batch.taken - message.since);
    outcomes[i].inferred = inferred;
    message.outcome.set_value(std::move(outcomes[i]));
  }
}

std::vector<Outcome> Core::outcomes_of(const Batch& batch) const {
  const Waiting& first = *batch.messages.front();
  if (first.explains()) {
    std::vector<Outcome> one;
    one.push_back(differentiate_points(*batch.model, first.points, first.label));
    return one;
  }
  std::vector<const Features*> messages;
  for (const auto& message : batch.messages) messages.push_back(&message->features);
  return score_messages(*batch.model, messages, settings_.labels);
}

void Core::give_back(Model* model) {
  const MutexLock lock(mutex_);
  idle_.push_back(model);
}

class QueueTicket : public Ticket {
 public:
  QueueTicket(std::shared_ptr<Core> core, std::shared_ptr<Waiting> waiting)
      : core_(std::move(core)), waiting_(std::move(waiting)), outcome_(waiting_->outcome.get_future()) {}
  ~QueueTicket() override { core_->cancel(*waiting_); }

  std::optional<Outcome> wait_until(Clock::time_point until) override {
    if (outcome_.wait_until(until) != std::future_status::ready) return std::nullopt;
    return outcome_.get();
  }

 private:
  const std::shared_ptr<Core> core_;
  const std::shared_ptr<Waiting> waiting_;
  const std::shared_future<Outcome> outcome_;
};

class RefusedTicket : public Ticket {
 public:
  explicit RefusedTicket(ScoreError error) : error_(error) {}
  std::optional<Outcome> wait_until(Clock::time_point /*until*/) override { return failed_outcome(error_); }

 private:
  const ScoreError error_;
};

class QueueBatcher : public Batcher {
 public:
  QueueBatcher(std::vector<std::unique_ptr<Model>> models, const BatchSettings& settings,
               const std::function<void()>& on_thread_start) {
    const std::size_t threads = models.size();
    core_ = std::make_shared<Core>(std::move(models), settings);
    for (std::size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([core = core_.get(), on_thread_start] {
        if (on_thread_start) on_thread_start();
        core->run_thread();
      });
    }
  }
  ~QueueBatcher() override { QueueBatcher::stop(); }

  std::unique_ptr<Ticket> submit(Features features) override {
    auto waiting = std::make_shared<Waiting>();
    waiting->features = std::move(features);
    return submit(std::move(waiting));
  }

  std::unique_ptr<Ticket> submit_gradients(TokenBatch points, std::size_t label) override {
    auto waiting = std::make_shared<Waiting>();
    waiting->points = std::move(points);
    waiting->label = label;
    return submit(std::move(waiting));
  }

  void stop() override {
    core_->finish();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  std::size_t queue_length() const override { return core_->queue_length(); }

 private:
  std::unique_ptr<Ticket> submit(std::shared_ptr<Waiting> waiting) {
    auto ticket = std::make_unique<QueueTicket>(core_, waiting);
    const ScoreError refused = core_->submit(waiting);
    if (refused != ScoreError::None) return std::make_unique<RefusedTicket>(refused);
    return ticket;
  }

  std::shared_ptr<Core> core_;
  std::vector<std::thread> threads_;
};

}  // namespace

std::string_view score_error_name(ScoreError error) {
  switch (error) {
    case ScoreError::None: return "none";
    case ScoreError::Busy: return "busy";
    case ScoreError::Deadline: return "deadline";
    case ScoreError::ModelFailed: return "model";
    case ScoreError::Stopped: return "stopped";
  }
  return "unknown";
}

std::unique_ptr<Batcher> make_batcher(std::vector<std::unique_ptr<Model>> models, const BatchSettings& settings,
                                      std::function<void()> on_thread_start) {
  return std::make_unique<QueueBatcher>(std::move(models), settings, on_thread_start);
}

}  // namespace winnow
