#include "engine/batcher.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <future>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "engine/batch_queue.h"
#include "engine/model_call.h"
#include "engine/thread_annotations.h"

namespace winnow {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using std::chrono::duration_cast;
using std::chrono::microseconds;

/// A model and the buffers of its calls.
struct Replica {
  Replica(std::unique_ptr<Model> its_model, std::size_t labels) : model(std::move(its_model)), call(*model, labels) {}

  const std::unique_ptr<Model> model;
  ModelCall call;
};

/// The queue, the idle models, and the threads that bring them together. Tickets share it: they may outlive the batcher.
class Core {
 public:
  Core(std::vector<std::unique_ptr<Model>> models, const BatchSettings& settings)
      : work_(asio::make_work_guard(io_)), queue_(settings), timer_(io_) {
    for (auto& model : models) replicas_.push_back(std::make_unique<Replica>(std::move(model), settings.labels));
    for (const auto& replica : replicas_) idle_.push_back(replica.get());
    stopping_ = replicas_.empty();
  }

  /// None when the message was taken in.
  ScoreError submit(const std::shared_ptr<Waiting>& waiting) EXCLUDES(mutex_);
  void cancel(Waiting& waiting) EXCLUDES(mutex_);
  std::size_t queue_length() EXCLUDES(mutex_);
  /// After this the threads return from run_thread() as soon as the queue is empty.
  void finish() EXCLUDES(mutex_);
  void run_thread();

 private:
  /// What an inference thread has in hand.
  struct Work {
    Batch batch;
    Replica* replica = nullptr;  // null when there is no batch for it, or none idle
  };

  void drain() EXCLUDES(mutex_);
  /// Answers the next batch on an idle model; without one of them nothing.
  void serve(Work& work) EXCLUDES(mutex_);
  void take(Work& work) EXCLUDES(mutex_);
  void give_back(Replica* replica) EXCLUDES(mutex_);
  void wake() REQUIRES(mutex_);
  void arm_timer(Clock::time_point due) REQUIRES(mutex_);
  void on_timer() EXCLUDES(mutex_);

  std::vector<std::unique_ptr<Replica>> replicas_;  // constant after construction
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;

  Mutex mutex_;
  BatchQueue queue_ GUARDED_BY(mutex_);
  std::vector<Replica*> idle_ GUARDED_BY(mutex_);
  std::size_t posted_ GUARDED_BY(mutex_) = 0;  // drains on their way to a thread
  asio::steady_timer timer_ GUARDED_BY(mutex_);
  std::optional<Clock::time_point> armed_for_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
};

ScoreError Core::submit(const std::shared_ptr<Waiting>& waiting) {
  const MutexLock lock(mutex_);
  if (stopping_) return ScoreError::Stopped;
  if (!queue_.add(waiting, Clock::now())) return ScoreError::Busy;
  wake();
  return ScoreError::None;
}

void Core::cancel(Waiting& waiting) {
  const MutexLock lock(mutex_);
  queue_.remove(waiting);
}

std::size_t Core::queue_length() {
  const MutexLock lock(mutex_);
  return queue_.messages();
}

void Core::finish() {
  const MutexLock lock(mutex_);
  stopping_ = true;
  queue_.hurry();
  timer_.cancel();
  wake();
  work_.reset();
}

/// A thread outlives what a step of it throws, which is std::bad_alloc. What threw may have been the wake-up of a batch, so it
/// looks at the queue again, after a moment: memory that is out comes back when somebody is done.
void Core::run_thread() {
  constexpr std::chrono::milliseconds kMoment{10};
  for (bool has_missed = false;;) {
    try {
      if (has_missed) drain();
      has_missed = false;
      io_.run();
      return;
    } catch (const std::exception&) {
      has_missed = true;
      std::this_thread::sleep_for(kMoment);
    }
  }
}

/// Sees to it that the queue is looked at: now when a batch is due and a model idle, else when it will be. A model that
/// is busy looks by itself when it is done.
void Core::wake() {
  if (idle_.size() <= posted_) return;
  const std::optional<Clock::time_point> due = queue_.due();
  if (!due) return;
  if (*due > Clock::now()) return arm_timer(*due);
  asio::post(io_, [this] {
    {
      const MutexLock lock(mutex_);
      --posted_;
    }
    drain();
  });
  ++posted_;  // last, here and in arm_timer(): what could not be posted must not be waited for
}

void Core::arm_timer(Clock::time_point due) {
  if (armed_for_ == due) return;
  armed_for_.reset();
  timer_.expires_at(due);  // cancels the wait before it
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) on_timer();
  });
  armed_for_ = due;
}

void Core::on_timer() {
  const MutexLock lock(mutex_);
  armed_for_.reset();
  wake();
}

void answer(const std::vector<std::shared_ptr<Waiting>>& messages, Clock::time_point taken,
            std::vector<Outcome> outcomes) {
  const auto inferred = duration_cast<microseconds>(Clock::now() - taken);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    outcomes[i].waited = duration_cast<microseconds>(taken - messages[i]->since);
    outcomes[i].inferred = inferred;
    messages[i]->outcome.set_value(std::move(outcomes[i]));
  }
}

void fail_unanswered(const std::vector<std::shared_ptr<Waiting>>& messages, const char* why) {
  for (const auto& message : messages) {
    try {
      message->outcome.set_value(failed_outcome(ScoreError::ModelFailed, why));
    } catch (const std::exception&) {  // it has its outcome already; or there is no memory even for `why`
    }
  }
}

void Core::drain() {
  bool again = true;
  while (again) {
    Work work;
    try {
      serve(work);
    } catch (const std::exception& error) {
      fail_unanswered(work.batch.expired, error.what());
      fail_unanswered(work.batch.messages, error.what());
      if (work.replica == nullptr) throw;  // what waits is still in the queue
    }
    again = work.replica != nullptr;
    if (again) give_back(work.replica);
  }
}

void Core::serve(Work& work) {
  take(work);
  const Batch& batch = work.batch;
  const Clock::time_point taken = Clock::now();
  answer(batch.expired, taken, std::vector<Outcome>(batch.expired.size(), failed_outcome(ScoreError::Deadline)));
  if (work.replica != nullptr) answer(batch.messages, taken, work.replica->call.run(batch.messages));
}

void Core::take(Work& work) {
  const MutexLock lock(mutex_);
  if (idle_.empty()) return;
  work.batch = queue_.take(Clock::now());
  if (!work.batch.messages.empty()) {
    work.replica = idle_.back();
    idle_.pop_back();
  }
  wake();  // what is left may be another model's batch, or this one's later
}

void Core::give_back(Replica* replica) {
  const MutexLock lock(mutex_);
  idle_.push_back(replica);
}

class QueueTicket : public Ticket {
 public:
  QueueTicket(std::shared_ptr<Core> core, std::shared_ptr<Waiting> waiting)
      : core_(std::move(core)), waiting_(std::move(waiting)), outcome_(waiting_->outcome.get_future()) {}
  ~QueueTicket() override { core_->cancel(*waiting_); }
  QueueTicket(const QueueTicket&) = delete;
  QueueTicket& operator=(const QueueTicket&) = delete;

  std::optional<Outcome> wait_until(Clock::time_point until) override {
    if (outcome_.wait_until(until) != std::future_status::ready) return std::nullopt;
    return outcome_.get();
  }

 private:
  const std::shared_ptr<Core> core_;
  const std::shared_ptr<Waiting> waiting_;
  const std::shared_future<Outcome> outcome_;
};

/// Of a message whose outcome is there already.
class DoneTicket : public Ticket {
 public:
  explicit DoneTicket(Outcome outcome) : outcome_(std::move(outcome)) {}
  std::optional<Outcome> wait_until(Clock::time_point /*until*/) override { return outcome_; }

 private:
  const Outcome outcome_;
};

std::shared_ptr<Waiting> waiting_for(Features features, Clock::time_point deadline) {
  auto waiting = std::make_shared<Waiting>();
  waiting->features = std::move(features);
  waiting->deadline = deadline;
  return waiting;
}

std::shared_ptr<Waiting> waiting_for(TokenBatch points, std::size_t label) {
  auto waiting = std::make_shared<Waiting>();
  waiting->points = std::move(points);
  waiting->label = label;
  return waiting;
}

class QueueBatcher : public Batcher {
 public:
  QueueBatcher(std::vector<std::unique_ptr<Model>> models, const BatchSettings& settings,
               const std::function<void()>& on_thread_start) {
    const std::size_t threads = models.size();
    core_ = std::make_shared<Core>(std::move(models), settings);
    try {
      for (std::size_t i = 0; i < threads; ++i) start_thread(on_thread_start);
    } catch (...) {
      QueueBatcher::stop();  // the destructor of a thread that runs would end the process
      throw;
    }
  }
  ~QueueBatcher() override { QueueBatcher::stop(); }

  std::unique_ptr<Ticket> submit(Features features, Clock::time_point deadline) override {
    return submit(waiting_for(std::move(features), deadline));
  }

  std::unique_ptr<Ticket> submit_gradients(TokenBatch points, std::size_t label) override {
    return submit(waiting_for(std::move(points), label));
  }

  void stop() override {
    core_->finish();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  std::size_t queue_length() const override { return core_->queue_length(); }

 private:
  void start_thread(const std::function<void()>& on_thread_start) {
    threads_.emplace_back([core = core_.get(), start = on_thread_start] {
      if (start) start();
      core->run_thread();
    });
  }

  std::unique_ptr<Ticket> submit(std::shared_ptr<Waiting> waiting) {
    auto ticket = std::make_unique<QueueTicket>(core_, waiting);
    const ScoreError refused = core_->submit(waiting);
    if (refused != ScoreError::None) return std::make_unique<DoneTicket>(failed_outcome(refused));
    return ticket;
  }

  std::shared_ptr<Core> core_;
  std::vector<std::thread> threads_;
};

/// Without a queue: the thread that asks computes. Also when it is late: what is missing takes microseconds, and the message
/// would be as late without a judgement.
class DirectBatcher : public Batcher {
 public:
  DirectBatcher(std::unique_ptr<Model> model, std::size_t labels) : model_(std::move(model)), labels_(labels) {}

  std::unique_ptr<Ticket> submit(Features features, Clock::time_point deadline) override {
    return submit(waiting_for(std::move(features), deadline));
  }
  std::unique_ptr<Ticket> submit_gradients(TokenBatch points, std::size_t label) override {
    return submit(waiting_for(std::move(points), label));
  }
  void stop() override { stopped_ = true; }
  std::size_t queue_length() const override { return 0; }

 private:
  std::unique_ptr<Ticket> submit(const std::shared_ptr<Waiting>& waiting) {
    if (stopped_) return std::make_unique<DoneTicket>(failed_outcome(ScoreError::Stopped));
    const Clock::time_point begin = Clock::now();
    Outcome outcome = std::move(ModelCall(*model_, labels_).run({waiting}).front());
    outcome.inferred = duration_cast<microseconds>(Clock::now() - begin);
    return std::make_unique<DoneTicket>(std::move(outcome));
  }

  const std::unique_ptr<Model> model_;
  const std::size_t labels_;
  std::atomic<bool> stopped_ = false;
};

bool need_no_queue(const std::vector<std::unique_ptr<Model>>& models) {
  return !models.empty() &&
         std::all_of(models.begin(), models.end(), [](const auto& model) { return model->runs_side_by_side(); });
}

}  // namespace

std::string_view score_error_name(ScoreError error) {
  switch (error) {
    case ScoreError::None:
      return "none";
    case ScoreError::Busy:
      return "busy";
    case ScoreError::Deadline:
      return "deadline";
    case ScoreError::ModelFailed:
      return "model";
    case ScoreError::Stopped:
      return "stopped";
    case ScoreError::Gone:
      return "gone";
    case ScoreError::Internal:
      return "internal";
  }
  return "unknown";
}

std::unique_ptr<Batcher> make_batcher(std::vector<std::unique_ptr<Model>> models, const BatchSettings& settings,
                                      std::function<void()> on_thread_start) {
  if (need_no_queue(models)) return std::make_unique<DirectBatcher>(std::move(models.front()), settings.labels);
  return std::make_unique<QueueBatcher>(std::move(models), settings, on_thread_start);
}

}  // namespace winnow
